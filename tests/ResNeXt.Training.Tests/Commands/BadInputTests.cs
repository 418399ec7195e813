using System.Diagnostics;

namespace ResNeXt.Training.Tests;

/// <summary>What people really do wrong: each a line that says what is wrong with what, and nothing half-written.</summary>
public sealed class BadInputTests(Shapes shapes, TrainedModel trained)
{
    [Fact]
    public async Task Train_MissingFolder_NamesIt() =>
        (await TrainAsync("/no/such/folder", shapes.NewPath())).AssertFailed(1, "'/no/such/folder' does not exist");

    [Fact]
    public async Task Train_EmptyClass_NamesIt()
    {
        string data = shapes.Copy();
        Directory.CreateDirectory(Path.Combine(data, "empty"));

        (await TrainAsync(data, shapes.NewPath())).AssertFailed(1, Path.Combine(data, "empty"), "holds no image");
    }

    [Fact]
    public async Task Train_OneClass_SaysHowManyAreNeeded()
    {
        string data = shapes.Copy();
        Directory.Delete(Path.Combine(data, "disc"), recursive: true);

        (await TrainAsync(data, shapes.NewPath())).AssertFailed(1, "'stripes'", "at least two");
    }

    [Fact]
    public async Task Train_TextNamedJpg_NamesTheFile()
    {
        string data = shapes.Copy();
        string file = Path.Combine(data, "disc", "text.jpg");
        File.WriteAllText(file, "this is text");
        string output = shapes.NewPath();

        (await TrainAsync(data, output)).AssertFailed(1, $"'{file}' is not an image");
        Assert.Empty(Directory.EnumerateFileSystemEntries(output));
    }

    [Fact]
    public async Task Train_TruncatedJpeg_NamesTheFile()
    {
        string data = shapes.Copy();
        string file = Path.Combine(data, "disc", "00.jpg");
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..(whole.Length / 2)]);

        (await TrainAsync(data, shapes.NewPath())).AssertFailed(1, $"'{file}' is truncated");
    }

    [Fact]
    public async Task Train_TwoUnreadableImages_ListsBoth()
    {
        string data = shapes.Copy(), text = Path.Combine(data, "disc", "text.jpg"), cut = Path.Combine(data, "stripes", "07.jpg");
        File.WriteAllText(text, "this is text");
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..400]);

        CommandRun run = await TrainAsync(data, shapes.NewPath());

        run.AssertFailed(1, "2 of 49 images cannot be read");
        Assert.All([text, cut], file => Assert.Contains($"unreadable: '{file}'", run.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Train_CopyInValidation_IsAWarningOrAnErrorWhenStrict()
    {
        string[] arguments =
        [
            "train", "--data", shapes.Folder, "--val", shapes.Copy(), "--out", shapes.NewPath(), "--arch", "resnext11_2x4d_cifar", "--image-size", "16", "--epochs", "1", "--batch-size", "24", "--no-report", "--json",
        ];

        (await CommandRun.StartAsync([.. arguments, "--strict"])).AssertFailed(1, "48 validation images are copies of training images");
        CommandRun run = await CommandRun.StartAsync(arguments);

        Assert.Contains("warning: 48 validation images are copies of training images", run.Error, StringComparison.Ordinal);
        Assert.Equal((0, System.Text.Json.JsonValueKind.Null), (run.ExitCode, run.Json.GetProperty("report").ValueKind));
    }

    [Fact]
    public async Task Train_UnwritableOutput_NamesIt()
    {
        string file = shapes.NewPath();
        File.WriteAllText(file, "a file where a folder should be");

        (await TrainAsync(shapes.Folder, Path.Combine(file, "run"))).AssertFailed(1, file, "cannot be written to");
    }

    [Fact]
    public async Task Train_OptionOutOfRange_IsWrongUsage() =>
        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--batch-size", "1")).AssertFailed(2, "BatchSize is 1", "3 to 4096");

    [Theory]
    [InlineData("0", "LearningRate is 0: expected above 0")]
    [InlineData("NaN", "LearningRate is NaN: expected above 0")]
    public async Task Train_RateThatIsNone_IsWrongUsage(string rate, string message) =>
        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--lr", rate)).AssertFailed(2, message);

    [Fact]
    public async Task Train_AmpAndNoAmp_IsWrongUsage() =>
        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--amp", "--no-amp")).AssertFailed(2, "--amp and --no-amp exclude each other");

    [Fact]
    public async Task Train_FolderAboveTheRightOne_SaysWhatToType()
    {
        string above = Directory.CreateDirectory(shapes.NewPath()).FullName, data = Path.Combine(above, "shapes");
        Directory.Move(shapes.Copy(), data);

        (await CommandRun.StartAsync("train", "--data", above, "--out", shapes.NewPath())).AssertFailed(1, "holds no image itself", $"Type --data {data}");
    }

    [Fact]
    public async Task Train_OneImageInAClass_NamesTheClass()
    {
        string data = shapes.Copy();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(data, "disc")).Skip(1))
        {
            File.Delete(file);
        }

        (await TrainAsync(data, shapes.NewPath())).AssertFailed(1, "'disc' has one image", "at least 2");
    }

    [Fact]
    public async Task Train_ClassInTheValidationAlone_IsNamed()
    {
        string val = shapes.Copy();
        Directory.Move(Path.Combine(val, "disc"), Path.Combine(val, "ring"));

        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--val", val, "--out", shapes.NewPath())).AssertFailed(1, "'ring'", "'disc', 'stripes'");
    }

    [Fact]
    public async Task Train_WeightsOfAnotherNetwork_NamesBoth() =>
        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--weights", trained.Result.Checkpoint, "--arch", "resnext14_2x8d"))
            .AssertFailed(1, trained.Result.Checkpoint, "'resnext14_2x8d'", "'resnext14_2x4d'");

    [Fact]
    public async Task Train_FolderOfARunningTraining_NamesIt()
    {
        string output = shapes.NewPath();
        using var running = new RunFolder(output, resume: false);

        (await TrainAsync(shapes.Folder, output)).AssertFailed(1, $"'{output}' is in use by another training run");
    }

    [Fact]
    public async Task Train_ClassWeightsThatAreNone_IsWrongUsage() =>
        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--class-weights", "disc")).AssertFailed(2, "--class-weights", "'disc'", "balanced");

    [Fact]
    public async Task Train_WeightsThatAreAFolder_SaysWhatToName() =>
        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--weights", shapes.Folder)).AssertFailed(1, shapes.Folder, "best.safetensors");

    [Fact]
    public async Task Export_LabelTwice_NamesIt()
    {
        string labels = shapes.NewPath(".txt"), output = shapes.NewPath(".onnx");
        File.WriteAllLines(labels, ["crane", "crane"]);

        (await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", output, "--labels", labels)).AssertFailed(1, labels, "'crane'");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task Train_WeightsThatAreNot_NamesTheFile()
    {
        string weights = shapes.NewPath(".safetensors");
        File.WriteAllText(weights, "these are no weights");

        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--weights", weights)).AssertFailed(1, weights, "safetensors");
    }

    [Fact]
    public async Task Train_MissingCuda_SaysWhatToDo() =>
        (await CommandRun.StartAsync("train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--device", "cuda:63")).AssertFailed(1, "'cuda:63'", "TorchFlavor=cuda");

    [Theory]
    [InlineData("evaluate", "--data")]
    [InlineData("featurize", "--output x.csv --input")]
    [InlineData("predict", "")]
    public async Task AnyModel_ThatIsNotOurs_IsRefused(string verb, string input)
    {
        string model = shapes.NewPath(".onnx");
        File.WriteAllText(model, "this is no model");

        string[] rest = [.. input.Split(' ', StringSplitOptions.RemoveEmptyEntries), shapes.Folder];
        (await CommandRun.StartAsync([verb, "--model", model, .. rest])).AssertFailed(1, model);
        (await CommandRun.StartAsync([verb, "--model", model + "x", .. rest])).AssertFailed(1, model + "x", "does not exist");
    }

    [Fact]
    public async Task Evaluate_UnknownClass_NamesIt()
    {
        string data = shapes.Copy();
        Directory.Move(Path.Combine(data, "disc"), Path.Combine(data, "ring"));

        (await CommandRun.StartAsync("evaluate", "--model", trained.Result.Model, "--data", data)).AssertFailed(1, "'ring'", "'disc', 'stripes'");
    }

    [Fact]
    public async Task Predict_MissingImage_NamesIt()
    {
        CommandRun run = await CommandRun.StartAsync("predict", "--model", trained.Result.Model, "/no/such.jpg");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("'/no/such.jpg'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Featurize_OutputInMissingFolder_LeavesNothing()
    {
        string output = Path.Combine(shapes.NewPath(), "features.csv");

        (await CommandRun.StartAsync("featurize", "--model", trained.Result.Model, "--input", shapes.Folder, "--output", output)).AssertFailed(1, Path.GetDirectoryName(output)!);
        Assert.False(Directory.Exists(Path.GetDirectoryName(output)));
    }

    [Fact]
    public async Task Train_FullDisk_FailsAndKeepsTheFolderClean()
    {
        // 4 MiB: room for no checkpoint of a network of 3.6 million values.
        string disk = await MountAsync(4L << 20);
        try
        {
            (await TrainAsync(shapes.Folder, Path.Combine(disk, "run"))).AssertFailed(1, "No space left on device");
            Assert.Empty(Directory.EnumerateFiles(disk, "*", SearchOption.AllDirectories));
        }
        finally
        {
            await UnmountAsync(disk);
        }
    }

    [Fact]
    public async Task Run_FullDiskAtALaterCheckpoint_KeepsTheEarlierOnes()
    {
        // Room for both files of an epoch, not for a new one beside them.
        long best = new FileInfo(trained.Result.Checkpoint).Length;
        long last = new FileInfo(Path.Combine(Path.GetDirectoryName(trained.Result.Checkpoint)!, "last.safetensors")).Length;
        string disk = await MountAsync(best + last + (best / 2));
        try
        {
            TrainOptions options = shapes.Tiny(Path.Combine(disk, "run"));
            Assert.Contains("No space left on device", Assert.Throws<IOException>(() => new Trainer(options).Run()).Message, StringComparison.Ordinal);

            Assert.Equal(["best.safetensors", "last.safetensors"], Directory.EnumerateFiles(options.Out, "*.safetensors").Select(Path.GetFileName).Order());
            Assert.DoesNotContain(Directory.EnumerateFiles(options.Out), file => file.EndsWith(".tmp", StringComparison.Ordinal));
            string kept = shapes.NewPath();
            Directory.CreateDirectory(kept);
            foreach (string file in Directory.EnumerateFiles(options.Out))
            {
                File.Copy(file, Path.Combine(kept, Path.GetFileName(file)));
            }

            TrainResult resumed = new Trainer(options with { Out = kept, Resume = true }).Run();
            Assert.Equal(File.ReadAllBytes(trained.Result.Model), File.ReadAllBytes(resumed.Model));
        }
        finally
        {
            await UnmountAsync(disk);
        }
    }

    /// <summary>A file system of that size, or the test is skipped.</summary>
    private async Task<string> MountAsync(long bytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Needs the right to mount a small file system.");
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;
        using Process mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", folder]) { RedirectStandardError = true })!;
        await mount.WaitForExitAsync();
        Assert.SkipUnless(mount.ExitCode == 0, "Needs the right to mount a small file system.");
        return folder;
    }

    private static async Task UnmountAsync(string folder)
    {
        using Process unmount = Process.Start("umount", [folder]);
        await unmount.WaitForExitAsync();
    }

    private static Task<CommandRun> TrainAsync(string data, string output) => CommandRun.StartAsync(
        "train", "--data", data, "--out", output, "--arch", "resnext14_2x4d", "--image-size", "32", "--epochs", "1", "--batch-size", "24", "--json");
}
