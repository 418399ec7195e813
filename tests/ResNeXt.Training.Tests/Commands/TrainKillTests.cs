using System.Diagnostics;
using System.Globalization;

namespace ResNeXt.Training.Tests;

/// <summary>A training that dies at any moment goes on as if nothing had been.</summary>
public sealed class TrainKillTests(Shapes shapes)
{
    /// <summary>Three kills; RESNEXT_KILLS=30 for more.</summary>
    [Fact]
    public async Task Train_KilledAndResumed_GivesTheSameBits()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("RESNEXT_KILLS") ?? "3", CultureInfo.InvariantCulture);
        string whole = shapes.NewPath(), killed = shapes.NewPath();
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, (await CommandRun.EndAsync(Start(whole))).ExitCode);
        TimeSpan duration = clock.Elapsed;
        var random = new Random(1);
        var epochs = new List<int>();
        while (epochs.Count < kills)
        {
            using Process process = Start(killed);
            Task<CommandRun> end = CommandRun.EndAsync(process);
            await Task.WhenAny(end, epochs.Count == 0 ? SavedAsync(killed, end) : Task.Delay(duration * random.NextDouble()));
            process.Kill();
            if ((await end).ExitCode == 0)
            {
                AssertSame(whole, killed); // it was faster: the next one is killed anew
                Directory.Delete(killed, recursive: true);
                continue;
            }

            string last = Path.Combine(killed, "last.safetensors");
            epochs.Add(File.Exists(last) ? Checkpoint.ReadInfo(last).Epoch : 0);
        }

        Assert.Contains(epochs, epoch => epoch is > 0 and < 5);
        TestContext.Current.TestOutputHelper?.WriteLine($"killed {kills} times, with {string.Join(", ", epochs)} epochs saved");
        Assert.Equal(0, (await CommandRun.EndAsync(Start(killed))).ExitCode);
        AssertSame(whole, killed);
    }

    /// <summary>The first one dies with something to go on with, however long the start takes.</summary>
    private static async Task SavedAsync(string output, Task end)
    {
        while (!end.IsCompleted && !File.Exists(Path.Combine(output, "last.safetensors")))
        {
            await Task.Delay(20);
        }
    }

    private Process Start(string output) => CommandRun.Start(
        new Dictionary<string, string>(),
        "train", "--data", shapes.Folder, "--out", output, "--arch", "resnext11_2x4d_cifar", "--image-size", "16", "--epochs", "5", "--batch-size", "12", "--device", "cpu",
        "--opt", "adamw", "--model-ema", "--mixup-alpha", "0.2", "--label-smoothing", "0.1", "--lr-scheduler", "onecycle", "--resume", "--json");

    private static void AssertSame(string expected, string actual)
    {
        Assert.All(
            (string[])["last.safetensors", "best.safetensors"],
            name => Assert.Equal(SavedRun.Of(Path.Combine(expected, name)), SavedRun.Of(Path.Combine(actual, name))));
        Assert.Equal(File.ReadAllBytes(Path.Combine(expected, "model.onnx")), File.ReadAllBytes(Path.Combine(actual, "model.onnx")));
        string[] history = File.ReadAllLines(Path.Combine(actual, "history.csv"));
        Assert.Equal(["1", "2", "3", "4", "5"], history.Skip(1).Select(line => line.Split(',')[0]));
        Assert.True(File.Exists(Path.Combine(actual, "report.html")));
    }
}
