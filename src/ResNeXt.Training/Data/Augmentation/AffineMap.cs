namespace ResNeXt.Training;

/// <summary>
/// Where a pixel comes from: (x, y) of the result is <c>(XX x + XY y + X, YX x + YY y + Y)</c> of the source, pixel centres at halves.
/// </summary>
internal readonly record struct AffineMap(double XX, double XY, double X, double YX, double YY, double Y)
{
    private const int Channels = RgbImage.Channels;
    private const int FractionBits = 16;

    /// <summary>Row y moves left by <paramref name="slope"/> times y.</summary>
    public static AffineMap ShearX(double slope) => new(1, slope, 0, 0, 1, 0);

    /// <summary>Column x moves up by <paramref name="slope"/> times x.</summary>
    public static AffineMap ShearY(double slope) => new(1, 0, 0, slope, 1, 0);

    /// <summary>Moves to the right and down.</summary>
    public static AffineMap Translation(int right, int down) => new(1, 0, -right, 0, 1, -down);

    /// <summary>Turns anticlockwise about the centre.</summary>
    public static AffineMap Rotation(double degrees, int width, int height)
    {
        (double sin, double cos) = Math.SinCos(-degrees * Math.PI / 180);
        double x = width / 2.0, y = height / 2.0;
        return new AffineMap(cos, sin, x - (cos * x) - (sin * y), -sin, cos, y + (sin * x) - (cos * y));
    }

    /// <summary>
    /// Takes the nearest source pixel, black from outside, byte for byte as Pillow: in 16-bit fixed point, for images of at most 8192 pixels a side.
    /// </summary>
    /// <param name="source"><c>[H, W, 3]</c> bytes.</param>
    /// <param name="width">W.</param>
    /// <param name="target">Receives <c>[H, W, 3]</c> bytes.</param>
    public void Apply(ReadOnlySpan<byte> source, int width, Span<byte> target)
    {
        int height = source.Length / (width * Channels);
        target.Clear();
        int rowX = Fixed(X + (XX * 0.5) + (XY * 0.5));
        int rowY = Fixed(Y + (YX * 0.5) + (YY * 0.5));
        int stepXX = Fixed(XX), stepXY = Fixed(XY), stepYX = Fixed(YX), stepYY = Fixed(YY);
        for (int y = 0; y < height; y++)
        {
            int fromX = rowX, fromY = rowY;
            for (int x = 0; x < width; x++)
            {
                int column = fromX >> FractionBits, row = fromY >> FractionBits;
                if ((uint)column < (uint)width && (uint)row < (uint)height)
                {
                    source.Slice(((row * width) + column) * Channels, Channels).CopyTo(target[(((y * width) + x) * Channels)..]);
                }

                fromX += stepXX;
                fromY += stepYX;
            }

            rowX += stepXY;
            rowY += stepYY;
        }
    }

    private static int Fixed(double value) => (int)Math.Floor((value * (1 << FractionBits)) + 0.5);
}
