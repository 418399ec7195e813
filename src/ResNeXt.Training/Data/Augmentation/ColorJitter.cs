namespace ResNeXt.Training;

/// <summary>Changes of brightness, contrast, saturation and hue by random factors, in random order (torchvision's <c>ColorJitter</c>).</summary>
/// <param name="Brightness">Factors are uniform in 1 - this to 1 + this, 0 at least. 0 leaves it alone.</param>
/// <param name="Contrast">Likewise.</param>
/// <param name="Saturation">Likewise.</param>
/// <param name="Hue">Turns of the colour wheel are uniform in -this to this; at most 0.5.</param>
internal readonly record struct ColorJitter(double Brightness = 0, double Contrast = 0, double Saturation = 0, double Hue = 0)
{
    /// <summary>Draws and applies.</summary>
    /// <param name="pixels">RGB bytes, changed in place.</param>
    /// <param name="random">Source of chance of this one image.</param>
    public void Apply(Span<byte> pixels, Random random)
    {
        Span<int> order = [0, 1, 2, 3];
        random.Shuffle(order);
        Apply(pixels, order, Factor(Brightness), Factor(Contrast), Factor(Saturation), random.Uniform(-Hue, Hue));

        double Factor(double strength) => random.Uniform(Math.Max(0, 1 - strength), 1 + strength);
    }

    /// <param name="pixels">RGB bytes, changed in place.</param>
    /// <param name="order">In which order: 0 is brightness, 1 contrast, 2 saturation, 3 hue.</param>
    /// <param name="brightness">Factors; 1 leaves it alone.</param>
    /// <param name="contrast">Likewise.</param>
    /// <param name="saturation">Likewise.</param>
    /// <param name="hue">Turns; 0 leaves it alone, without the rounding of the way to hue and back.</param>
    internal static void Apply(Span<byte> pixels, ReadOnlySpan<int> order, double brightness, double contrast, double saturation, double hue)
    {
        foreach (int operation in order)
        {
            switch (operation)
            {
                case 0 when brightness != 1:
                    ColorAdjustment.Brightness(pixels, brightness);
                    break;
                case 1 when contrast != 1:
                    ColorAdjustment.Contrast(pixels, contrast);
                    break;
                case 2 when saturation != 1:
                    ColorAdjustment.Saturation(pixels, saturation);
                    break;
                case 3 when hue != 0:
                    ColorAdjustment.Hue(pixels, hue);
                    break;
            }
        }
    }
}
