namespace ResNeXt.Training;

/// <summary>What a model and this machine are able to, medians of rounds in turn.</summary>
internal sealed record BenchmarkResult
{
    /// <summary>A folder through <c>FeaturizeImages</c> in an ML.NET pipeline.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The same file through stock ML.NET: LoadImages, ResizeImages, ExtractPixels, ApplyOnnxModel.</summary>
    public required double StockImagesPerSecond { get; init; }

    /// <summary>The network alone, batches ready in memory.</summary>
    public required double ScoreOnlyImagesPerSecond { get; init; }

    /// <summary>Reading, decoding and resizing alone, on one core.</summary>
    public required double DecodeOnlyImagesPerSecond { get; init; }

    /// <summary>One image through a <c>PredictionEngine</c>, milliseconds: half of them are faster.</summary>
    public required double LatencyMsP50 { get; init; }

    /// <summary>99 of 100 are faster.</summary>
    public required double LatencyMsP99 { get; init; }

    /// <summary>The most memory that the process held, in MB (1,000,000 bytes).</summary>
    public required double PeakMemoryMB { get; init; }

    /// <summary>How much faster than stock ML.NET.</summary>
    public double Ratio => ImagesPerSecond / StockImagesPerSecond;

    /// <summary>The rate that all cores would reach if none ever waited: cores over the core-time of an image.</summary>
    public double LimitImagesPerSecond => Limit(ScoreOnlyImagesPerSecond, DecodeOnlyImagesPerSecond);

    /// <inheritdoc cref="LimitImagesPerSecond"/>
    /// <param name="scoreOnly">Images/s of the network alone, on all cores.</param>
    /// <param name="decodeOnly">Images/s of reading and decoding alone, on one core.</param>
    public static double Limit(double scoreOnly, double decodeOnly) => 1 / ((1 / scoreOnly) + (1 / (decodeOnly * Environment.ProcessorCount)));
}
