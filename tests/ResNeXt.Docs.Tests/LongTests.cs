namespace ResNeXt.Docs.Tests;

/// <summary>Tests of minutes each: only when asked.</summary>
internal static class LongTests
{
    public static bool AreAsked { get; } = Environment.GetEnvironmentVariable("RESNEXT_DOCS") == "1" || DocsUpdate.IsAsked;

    public static void SkipUnlessAsked() => Assert.SkipUnless(AreAsked, "RESNEXT_DOCS=1 runs the notebooks that train, the twins and the packages.");
}
