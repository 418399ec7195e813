using System.Diagnostics;
using Microsoft.ML;
using ResNeXt.MLNet;

namespace Quickstart;

/// <summary>A process of its own that loads the saved ML.NET model with a bare <c>Model.Load</c> and predicts.</summary>
internal static class SecondProcess
{
    /// <summary>Starts it and waits for its answer.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message says how.</exception>
    public static string Start(string zip, IEnumerable<string> photos)
    {
        // Under `dotnet Quickstart.dll` the process is dotnet and wants the assembly first.
        string self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            start.ArgumentList.Add(typeof(SecondProcess).Assembly.Location);
        }

        foreach (string argument in (string[])["predict", zip, .. photos])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string answer = process.StandardOutput.ReadToEnd().TrimEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? answer : throw new InvalidOperationException($"The second process failed: {errors.Result.Trim()}");
    }

    /// <summary>What it does.</summary>
    public static int Predict(string zip, IEnumerable<string> photos)
    {
        var ml = new MLContext();
        ITransformer model = ml.Model.Load(zip, out _);
        using var engine = ml.Model.CreatePredictionEngine<LabeledImage, Prediction>(model);
        foreach (string photo in photos)
        {
            Prediction prediction = engine.Predict(new LabeledImage { ImagePath = photo, Label = "" });
            string name = $"{Path.GetFileName(Path.GetDirectoryName(photo))}/{Path.GetFileName(photo)}";
            Console.WriteLine(FormattableString.Invariant($"{name,-40} {prediction.PredictedLabel} ({prediction.Score.Max():P1})"));
        }

        return 0;
    }

    private sealed class Prediction
    {
        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
