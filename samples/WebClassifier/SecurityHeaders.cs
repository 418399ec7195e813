namespace WebClassifier;

/// <summary>What browsers are told not to do with our answers.</summary>
internal static class SecurityHeaders
{
    // The page loads its own script, its own style and the pictures that its user chose, and talks to its own server; nothing else.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // When the answer starts, for an error clears what was set before.
        context.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
            headers.CacheControl = context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) ? "no-store" : "no-cache";
            return Task.CompletedTask;
        });
        return next(context);
    });
}
