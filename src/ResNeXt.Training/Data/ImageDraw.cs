namespace ResNeXt.Training;

/// <summary>An image's turn in an epoch.</summary>
/// <param name="Index">Which image.</param>
/// <param name="Repeat">How often the epoch has shown it before.</param>
internal readonly record struct ImageDraw(int Index, int Repeat)
{
    /// <summary>Seed of the image's chance: another one each time that the epoch shows it.</summary>
    /// <param name="epochSeed">Seed of the epoch.</param>
    /// <param name="imageCount">Images in all.</param>
    public int Seed(int epochSeed, int imageCount) => ResNeXt.Training.Seed.Of(epochSeed, unchecked(Index + (Repeat * imageCount)));
}
