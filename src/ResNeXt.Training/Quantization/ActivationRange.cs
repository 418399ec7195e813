namespace ResNeXt.Training;

/// <summary>The values of a tensor that 8 bits shall hold: 256 equal steps, zero among them exactly (padding and ReLU give zeros).</summary>
internal readonly record struct ActivationRange
{
    /// <summary>The number of the last step; the first is 0.</summary>
    public const int Steps = 255;

    /// <param name="min">The smallest value; taken as 0 when above it.</param>
    /// <param name="max">The largest value; taken as 0 when below it.</param>
    public ActivationRange(double min, double max)
    {
        Min = Math.Min(min, 0);
        Max = Math.Max(max, 0);
        Scale = Max > Min ? (float)((Max - Min) / Steps) : 1;
        ZeroPoint = (byte)Math.Clamp(Math.Round(-Min / Scale), 0, Steps);
    }

    /// <summary>The smallest value held, 0 or below.</summary>
    public double Min { get; }

    /// <summary>The largest value held, 0 or above.</summary>
    public double Max { get; }

    /// <summary>Width of a step.</summary>
    public float Scale { get; }

    /// <summary>The step that means 0.</summary>
    public byte ZeroPoint { get; }

    /// <summary>The step that holds a value, 0 to 255.</summary>
    public int Step(double value) => (int)Math.Clamp(Math.Round(value / Scale) + ZeroPoint, 0, Steps);

    /// <summary>What is left of a value after 8 bits.</summary>
    public double Rounded(double value) => (Step(value) - ZeroPoint) * (double)Scale;
}
