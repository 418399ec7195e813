namespace ResNeXt.Training;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Failure = 1;
    public const int Usage = 2;
    public const int Cancelled = 130; // 128 + SIGINT, as shells report it
}
