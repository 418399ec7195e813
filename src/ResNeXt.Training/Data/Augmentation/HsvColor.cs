namespace ResNeXt.Training;

/// <summary>Hue, saturation and value as bytes, rounded as Pillow rounds them (the conversion of Smith 1978).</summary>
internal readonly record struct HsvColor(byte Hue, byte Saturation, byte Value)
{
    public static HsvColor FromRgb(byte red, byte green, byte blue)
    {
        byte max = Math.Max(red, Math.Max(green, blue));
        float range = max - Math.Min(red, Math.Min(green, blue));
        if (range == 0)
        {
            return new HsvColor(0, 0, max);
        }

        float r = (max - red) / range, g = (max - green) / range, b = (max - blue) / range;
        float sixth = red == max ? b - g : green == max ? (float)(2.0 + r - b) : (float)(4.0 + g - r);
        float hue = (float)(((sixth / 6.0) + 1.0) % 1.0);
        return new HsvColor((byte)(hue * 255.0), (byte)(range / max * 255.0), max);
    }

    public (byte Red, byte Green, byte Blue) ToRgb()
    {
        // Where the hue stands between two of the six corners of the colour wheel.
        int corner = (int)(Hue * 6.0 / 255.0);
        float beyond = (float)((Hue * 6.0 / 255.0) - corner);
        float saturation = (float)(Saturation / 255.0);
        byte low = Round(Value * (1.0 - saturation));
        byte falling = Round(Value * (1.0 - (saturation * beyond)));
        byte rising = Round(Value * (1.0 - (saturation * (1.0 - beyond))));
        return (corner % 6) switch
        {
            0 => (Value, rising, low),
            1 => (falling, Value, low),
            2 => (low, Value, rising),
            3 => (low, falling, Value),
            4 => (rising, low, Value),
            _ => (Value, low, falling),
        };
    }

    private static byte Round(double value) => (byte)Math.Round(value, MidpointRounding.AwayFromZero);
}
