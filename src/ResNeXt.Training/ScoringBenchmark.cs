using System.Diagnostics;

namespace ResNeXt.Training;

/// <summary>Measures a model on a folder: through ML.NET with us, through stock ML.NET, and the parts alone; all in turn, in one process.</summary>
/// <param name="modelFile">The model.</param>
/// <param name="paths">Image files, all readable.</param>
/// <param name="progress">Told the rounds that are done, of how many.</param>
/// <param name="cancellation">Stops between two measurements.</param>
internal sealed class ScoringBenchmark(string modelFile, IReadOnlyList<string> paths, Action<int, int> progress, CancellationToken cancellation)
{
    private const int Rounds = 3, LatencyImages = 200;

    public BenchmarkResult Run()
    {
        using var model = new MeasuredModel(modelFile, paths);
        double[] rates = Medians([model.Ours, model.Stock, model.ScoreAlone, model.DecodeAlone], Rounds, progress, cancellation);
        double[] latencies = model.Latencies(LatencyImages, cancellation);
        progress(Rounds + 1, Rounds + 1);
        using var process = Process.GetCurrentProcess();
        return new BenchmarkResult
        {
            ImagesPerSecond = rates[0],
            StockImagesPerSecond = rates[1],
            ScoreOnlyImagesPerSecond = rates[2],
            DecodeOnlyImagesPerSecond = rates[3],
            LatencyMsP50 = Quantile(latencies, 0.5),
            LatencyMsP99 = Quantile(latencies, 0.99),
            PeakMemoryMB = process.PeakWorkingSet64 / 1e6,
        };
    }

    /// <summary>The median of each measurement over rounds in which all take their turn; a first round warms up.</summary>
    internal static double[] Medians(IReadOnlyList<Func<double>> measurements, int rounds, Action<int, int> progress, CancellationToken cancellation)
    {
        double[][] rates = [.. measurements.Select(_ => new double[rounds])];
        for (int round = 0; round <= rounds; round++)
        {
            progress(round, rounds + 1);
            for (int i = 0; i < measurements.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                double rate = measurements[i]();
                if (round > 0)
                {
                    rates[i][round - 1] = rate;
                }
            }
        }

        return [.. rates.Select(values => Quantile(values, 0.5))];
    }

    internal static double Quantile(double[] values, double share) => values.Order().ElementAt((int)(share * (values.Length - 1)));
}
