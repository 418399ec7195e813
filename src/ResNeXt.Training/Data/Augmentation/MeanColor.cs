namespace ResNeXt.Training;

/// <summary>The colour that the normalisation turns into zero.</summary>
internal static class MeanColor
{
    /// <summary>The mean as a pixel. It is off by half a byte at most, 0.01 after the normalisation.</summary>
    public static byte[] Of(ImagePreprocessing preprocessing) =>
        [.. PixelNormalization.Scaled(preprocessing.Mean).Select(value => (byte)Math.Clamp(MathF.Round(value), 0, 255))];
}
