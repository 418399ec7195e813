namespace ResNeXt.Docs.Tests;

/// <summary>Documents that the tests write: only when asked.</summary>
internal static class DocsUpdate
{
    public static bool IsAsked { get; } = Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";
}
