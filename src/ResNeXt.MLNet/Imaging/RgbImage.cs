namespace ResNeXt.MLNet;

/// <summary>A decoded image: 8-bit RGB, interleaved, rows from the top without padding.</summary>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Pixels">Bytes R, G, B of each pixel, <c>[Height, Width, 3]</c>.</param>
internal sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    public const int Channels = 3;
}
