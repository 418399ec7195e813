namespace ResNeXt.Training;

/// <summary>How often a tensor takes which values, between the smallest and the largest.</summary>
internal sealed class ActivationHistogram(float min, float max)
{
    public const int Bins = 2048;

    private readonly double _width = Math.Max((double)max - min, double.Epsilon) / Bins;

    public double Min { get; } = min;

    public double Max { get; } = max;

    public long[] Counts { get; } = new long[Bins];

    /// <summary>The value in the middle of a bin.</summary>
    public double Center(int bin) => Min + ((bin + 0.5) * _width);

    public void Add(ReadOnlySpan<float> values)
    {
        float least = (float)Min, perBin = (float)(1 / _width);
        foreach (float value in values)
        {
            Counts[Math.Clamp((int)((value - least) * perBin), 0, Bins - 1)]++;
        }
    }
}
