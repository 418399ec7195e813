using System.Diagnostics;
using ResNeXt.Training;

namespace Quickstart;

/// <summary>What the reader of the quickstart sees.</summary>
internal static class Report
{
    private static readonly Stopwatch Clock = Stopwatch.StartNew();

    public static void Step(string what) => Console.WriteLine(FormattableString.Invariant($"[{Clock.Elapsed.TotalSeconds,4:F0} s] {what}"));

    public static void Training(TrainProgress state)
    {
        if (state.Validation is ClassificationMetrics metrics)
        {
            Step(FormattableString.Invariant(
                $"  epoch {state.Epoch,2}/{state.Epochs}  loss {state.Loss:F3}  validation {metrics.Top1:P1}  {state.ImagesPerSecond:F1} images/s"));
        }
    }

    public static void Table(params ReadOnlySpan<(string Name, string Value)> rows)
    {
        Console.WriteLine();
        foreach ((string name, string value) in rows)
        {
            Console.WriteLine($"{name,-40} {value}");
        }
    }
}
