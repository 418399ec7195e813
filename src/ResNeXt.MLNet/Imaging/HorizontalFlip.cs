namespace ResNeXt.MLNet;

/// <summary>Left becomes right.</summary>
internal static class HorizontalFlip
{
    /// <param name="pixels"><c>[H, W, 3]</c> bytes, changed in place.</param>
    /// <param name="width">W.</param>
    public static void Apply(Span<byte> pixels, int width)
    {
        const int Channels = RgbImage.Channels;
        for (int start = 0; start < pixels.Length; start += width * Channels)
        {
            Span<byte> row = pixels.Slice(start, width * Channels);
            row.Reverse();
            for (int x = 0; x < row.Length; x += Channels)
            {
                (row[x], row[x + 2]) = (row[x + 2], row[x]); // the reversal turned RGB into BGR
            }
        }
    }
}
