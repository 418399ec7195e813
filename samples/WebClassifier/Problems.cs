using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using ResNeXt.MLNet;

namespace WebClassifier;

/// <summary>Errors as clients see them: problem details (RFC 9457), without stack traces and without paths.</summary>
internal sealed partial class Problems(ClassifierOptions options, ILogger<Problems> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            return true; // the client is gone: no error of the server, and nobody to tell
        }

        ProblemException problem = exception switch
        {
            ProblemException known => known,
            QueueFullException { IsClient: true } => new(429, "You have as many images waiting as one client may: send this one again in a second.", TimeSpan.FromSeconds(1)),
            QueueFullException => new(503, "The server has as many images waiting as it takes: send this one again in a second.", TimeSpan.FromSeconds(1)),
            BadHttpRequestException { StatusCode: 413 } => new(413, $"The request is larger than {options.Uploads.MaxRequestBytes} bytes: send fewer or smaller images."),
            BadHttpRequestException bad => new(bad.StatusCode, "The request is not well-formed: expected a complete HTTP request with a body, as a browser or curl sends it."),
            _ => new(500, $"The server failed on this request. It was not your mistake; the server's log has the reason under {httpContext.TraceIdentifier}."),
        };
        if (problem.Status == 500)
        {
            LogFailure(exception, httpContext.TraceIdentifier);
        }

        SetRetryAfter(httpContext.Response, problem.RetryAfter);
        await Of(problem.Status, problem.Message).ExecuteAsync(httpContext);
        return true;
    }

    public static ProblemHttpResult Of(int status, string detail) => TypedResults.Problem(detail, statusCode: status);

    /// <summary>For answers that have no body: unknown addresses, wrong methods.</summary>
    public static ProblemHttpResult Of(HttpContext context) => Of(context.Response.StatusCode, context.Response.StatusCode switch
    {
        404 => "There is nothing at this address: /openapi/v1.json lists what there is.",
        405 => $"{context.Request.Method} is not possible here: /openapi/v1.json lists what is.",
        _ => "The request cannot be answered: /openapi/v1.json says what is expected.",
    });

    public static ProblemHttpResult Timeout(TimeSpan limit) => Of(504, string.Create(
        CultureInfo.InvariantCulture, $"The request took longer than {limit.TotalSeconds} s, its upload included: send smaller images, or try again later."));

    public static void SetRetryAfter(HttpResponse response, TimeSpan? retryAfter)
    {
        if (retryAfter is TimeSpan time)
        {
            response.Headers[HeaderNames.RetryAfter] = Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
    }

    [LoggerMessage(LogLevel.Error, "Request {TraceId} failed.")]
    private partial void LogFailure(Exception exception, string traceId);
}
