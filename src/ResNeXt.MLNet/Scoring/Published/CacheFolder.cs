namespace ResNeXt.MLNet;

/// <summary>Where what can be made or fetched again is kept.</summary>
internal static class CacheFolder
{
    /// <summary>
    /// <c>$XDG_CACHE_HOME/resnext</c>, <c>~/.cache/resnext</c>, or <c>%LocalAppData%\resnext</c> on Windows; null where the account
    /// has no home.
    /// </summary>
    public static string? PerUser => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? Path.Combine(cache, "resnext")
        : OperatingSystem.IsWindows() && Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } local ? Path.Combine(local, "resnext")
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache", "resnext")
        : null;

    /// <summary>The folder of published weights and the models made of them: <c>RESNEXT_CACHE</c>, else <c>weights</c> in <see cref="PerUser"/>.</summary>
    public static string? Weights => Environment.GetEnvironmentVariable("RESNEXT_CACHE") is { Length: > 0 } cache ? cache
        : PerUser is string user ? Path.Combine(user, "weights")
        : null;
}
