using System.Diagnostics;

namespace ResNeXt.Training.Tests;

/// <summary>A run with a teacher that dies while the photos are shown to it, and again while it trains, goes on as if nothing had been.</summary>
public sealed class TeacherKillTests(Shapes shapes)
{
    [Fact]
    public async Task Train_KilledWhileScoringAndWhileTraining_GivesTheSameBits()
    {
        string data = shapes.Unlabelled((3 * TeacherStore.BlockRows) + 40), teacher = TeacherFiles.Write(shapes.NewPath(".onnx"), size: 192, repeats: 6), whole = shapes.NewPath(), killed = shapes.NewPath();
        string digests = Path.Combine(killed, "teacher", "outputs.sha256"), last = Path.Combine(killed, "last.safetensors");
        CommandRun uninterrupted = await CommandRun.EndAsync(Start(data, teacher, whole));
        Assert.True(uninterrupted.ExitCode == 0, uninterrupted.Error);

        long first = await KillAsync(data, teacher, killed, () => File.Exists(digests) && new FileInfo(digests).Length > 0, () => new FileInfo(digests).Length);
        await KillAsync(data, teacher, killed, () => File.Exists(last), () => 0);
        int epochs = Checkpoint.ReadInfo(last).Epoch;
        CommandRun end = await CommandRun.EndAsync(Start(data, teacher, killed));

        TestContext.Current.TestOutputHelper?.WriteLine($"killed with {first / 32} blocks of 4, then with {epochs} epochs of 3");
        Assert.InRange(first, 32, 3 * 32);
        Assert.InRange(epochs, 1, 2);
        Assert.Equal(0, end.ExitCode);
        Assert.All(
            (string[])["last.safetensors", "best.safetensors"],
            name => Assert.Equal(SavedRun.Of(Path.Combine(whole, name)), SavedRun.Of(Path.Combine(killed, name))));
        Assert.All(
            (string[])["model.onnx", "teacher/outputs.f16", "teacher/outputs.sha256", "teacher/index.txt"],
            name => Assert.Equal(File.ReadAllBytes(Path.Combine(whole, name)), File.ReadAllBytes(Path.Combine(killed, name))));
        (await CommandRun.StartAsync("predict", "--model", Path.Combine(killed, "model.onnx"), shapes.Images[0].ImagePath)).AssertFailed(1, "is a featurizer");
    }

    private static async Task<long> KillAsync(string data, string teacher, string output, Func<bool> ready, Func<long> measure)
    {
        using Process process = Start(data, teacher, output);
        Task<CommandRun> end = CommandRun.EndAsync(process);
        while (!end.IsCompleted && !ready())
        {
            await Task.Delay(5);
        }

        process.Kill();
        Assert.NotEqual(0, (await end).ExitCode);
        return measure();
    }

    private static Process Start(string data, string teacher, string output) => CommandRun.Start(
        new Dictionary<string, string>(),
        "train", "--data", data, "--out", output, "--arch", "resnext11_2x4d_cifar", "--image-size", "16", "--epochs", "3", "--batch-size", "16", "--device", "cpu", "--model-ema",
        "--teacher", teacher, "--teacher-output", TeacherFiles.Map, "--distill-features", "0.1", "--distill-maps", "0.05", "--lr", "0.01", "--resume", "--json");
}
