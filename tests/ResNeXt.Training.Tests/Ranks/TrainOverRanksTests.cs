using System.Diagnostics;
using System.Globalization;

namespace ResNeXt.Training.Tests;

/// <summary>Training over two processes that MPI started: the same as over one, and no rank waits for one that is gone.</summary>
public sealed class TrainOverRanksTests(Shapes shapes)
{
    private const string Architecture = "resnext11_2x4d_cifar";

    /// <summary>The same images in the same order, the same weights on both: RankTests has the numbers in double precision, these are in single.</summary>
    [Fact]
    public async Task Train_TwoRanksWithHalfBatches_AreOneWithWholeOnes()
    {
        MpiRun.SkipWithoutMpi();
        string[] recipe = ["--epochs", "5", "--lr", "0.002", "--no-amp"]; // four updates an epoch
        string one = shapes.NewPath(), two = shapes.NewPath();
        CommandRun alone = await CommandRun.StartAsync(Arguments(one, 18, recipe)), together = await MpiRun.RunAsync(2, CommandRun.Program, Arguments(two, 9, [.. recipe, "--sync-bn", "--json"]));
        Assert.True(alone.ExitCode == 0 && together.ExitCode == 0, alone.Error + together.Error);
        double[] expected = Losses(one), actual = Losses(two);

        Assert.Equal(5, together.Json.GetProperty("epochs").GetInt32()); // one object, of rank 0
        Assert.Matches("communication, waiting for other ranks included: [0-9.]+ % of the time", together.Error);
        Assert.Equal(5, expected.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * pair.First));
    }

    /// <summary>The photos are shared out when the teacher is asked, and in each batch; what it says of them is the same, and so is what is learned.</summary>
    [Fact]
    public async Task Train_TwoRanksWithATeacher_AreOneWithWholeBatches()
    {
        MpiRun.SkipWithoutMpi();
        string data = shapes.Unlabelled(TeacherStore.BlockRows + 24), teacher = TeacherFiles.Write(shapes.NewPath(".onnx")), one = shapes.NewPath(), two = shapes.NewPath();
        string[] recipe = ["--epochs", "3", "--lr", "0.002", "--teacher", teacher, "--teacher-output", TeacherFiles.Map, "--distill-features", "0.1", "--distill-maps", "0.05", "--clip-grad-norm", "1", "--no-amp"];
        CommandRun alone = await CommandRun.StartAsync(Unlabelled(Arguments(one, 18, recipe))), together = await MpiRun.RunAsync(2, CommandRun.Program, Unlabelled(Arguments(two, 9, [.. recipe, "--sync-bn", "--json"])));
        Assert.True(alone.ExitCode == 0 && together.ExitCode == 0, alone.Error + together.Error);

        Assert.All((string[])["outputs.f16", "outputs.sha256"], name => Assert.Equal(File.ReadAllBytes(Path.Combine(one, "teacher", name)), File.ReadAllBytes(Path.Combine(two, "teacher", name))));
        (double Loss, double Error)[] expected = Errors(one), actual = Errors(two);
        Assert.Equal(3, expected.Length);
        Assert.All(expected.Zip(actual), pair =>
        {
            Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-3 * pair.First.Loss);
            Assert.Equal(pair.First.Error, pair.Second.Error, 1e-3 * pair.First.Error);
        });

        string[] Unlabelled(string[] arguments) => [.. arguments.Select(argument => argument == shapes.Folder ? data : argument)];

        static (double Loss, double Error)[] Errors(string folder) =>
            [.. Checkpoint.ReadInfo(Path.Combine(folder, "last.safetensors")).History.Select(row => (row.TrainLoss, row.ValFeatureError!.Value))];
    }

    /// <summary>Every epoch ends with a comparison of the ranks' weights, bit by bit.</summary>
    [Fact]
    public async Task Train_TwoRanksInBFloat16_HaveTheSameWeights()
    {
        MpiRun.SkipWithoutMpi();
        string output = shapes.NewPath();
        CommandRun run = await MpiRun.RunAsync(2, CommandRun.Program, Arguments(output, 9, ["--epochs", "2", "--lr", "0.002", "--amp", "--sync-bn"]));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal((2, "bfloat16"), (Losses(output).Length, Checkpoint.ReadInfo(Path.Combine(output, "last.safetensors")).Settings["mixed precision"]));
    }

    /// <summary>Rank 0 solves it and hands it out: the ranks' weights are compared at the end of the epoch.</summary>
    [Fact]
    public async Task Train_TwoRanksAndTheHeadAlone_SolveItOnce()
    {
        MpiRun.SkipWithoutMpi();
        string output = shapes.NewPath();
        CommandRun run = await MpiRun.RunAsync(
            2,
            CommandRun.Program,
            ["train", "--data", shapes.Folder, "--out", output, "--weights", EmbeddedWeights.Name, "--image-size", "32", "--batch-size", "8", "--trainable", "head", "--no-aug", "--no-report", "--device", "cpu"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.InRange(Assert.Single(Losses(output)), 1e-6, 0.3);
    }

    [Fact]
    public async Task Train_RankThatDies_EndsTheRun_AndResumesWithOne()
    {
        MpiRun.SkipWithoutMpi();
        string output = shapes.NewPath();
        string[] arguments = Arguments(output, 8, ["--epochs", "400"]);
        using Process run = MpiRun.Start(2, CommandRun.Program, arguments);
        string last = Path.Combine(output, "last.safetensors");
        var clock = Stopwatch.StartNew();
        while (!File.Exists(last) && clock.Elapsed < TimeSpan.FromMinutes(2))
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        clock.Restart();
        using (Process kill = Process.Start("pkill", ["-KILL", "-n", "-f", output])) // the newest: a rank
        {
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        CommandRun ended = await CommandRun.EndAsync(run);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"The run ended {clock.Elapsed} after its rank.");
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Matches("rank [01]", ended.Error + ended.Output);
        int epochs = Checkpoint.ReadInfo(last).Epoch;
        using Process resumed = MpiRun.Start(1, CommandRun.Program, [.. arguments, "--resume"]);
        while (Checkpoint.ReadInfo(last).Epoch == epochs && !resumed.HasExited)
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.True(Checkpoint.ReadInfo(last).Epoch > epochs, "It did not go on.");
        resumed.Kill(entireProcessTree: true);
        await CommandRun.EndAsync(resumed);
    }

    [Theory]
    [InlineData("options")]
    [InlineData("images")]
    public async Task Train_RanksThatDiffer_AreNamed(string what)
    {
        MpiRun.SkipWithoutMpi();
        string output = shapes.NewPath(), other = shapes.Copy();
        File.Delete(Directory.GetFiles(other, "*.jpg", SearchOption.AllDirectories)[0]);
        string[] first = Arguments(output, 8, ["--epochs", "1"]);
        string[] second = what == "options" ? [.. first, "--label-smoothing", "0.1"] : [.. first.Select(argument => argument == shapes.Folder ? other : argument)];

        using Process run = MpiRun.StartPair(first, second);
        CommandRun ended = await CommandRun.EndAsync(run);

        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("Rank 1 and rank 0 do not have the same options, images and build", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_BatchesTooSmallForTheRanks_AreRefused()
    {
        MpiRun.SkipWithoutMpi();

        // Batches of six at most are batches of three and four.
        CommandRun run = await MpiRun.RunAsync(2, CommandRun.Program, OfSevenImages(3));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("expected at least 2 images of each batch on every rank", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_BatchOfMoreThanAllImages_IsAllOfThem()
    {
        MpiRun.SkipWithoutMpi();

        CommandRun run = await MpiRun.RunAsync(2, CommandRun.Program, OfSevenImages(8));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("A batch of 16 is more than the 7 training images: each update takes all of them", run.Error, StringComparison.Ordinal);
        Assert.Contains("step 1/1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ScaleLr_MultipliesTheRateByTheRanks()
    {
        MpiRun.SkipWithoutMpi();
        string plain = shapes.NewPath(), scaled = shapes.NewPath();

        CommandRun[] runs =
        [
            await MpiRun.RunAsync(2, CommandRun.Program, Arguments(plain, 9, ["--epochs", "2", "--lr", "0.002"])),
            await MpiRun.RunAsync(2, CommandRun.Program, Arguments(scaled, 9, ["--epochs", "2", "--lr", "0.002", "--scale-lr"])),
        ];

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Error));
        Assert.Equal(2, Rate(scaled) / Rate(plain), 1e-9);

        static double Rate(string output) => Checkpoint.ReadInfo(Path.Combine(output, "last.safetensors")).History[0].LearningRate;
    }

    [Fact]
    public async Task Train_StartedByAnotherMpi_SaysWhatItNeeds()
    {
        CommandRun run = await CommandRun.StartAsync(new Dictionary<string, string> { ["PMI_SIZE"] = "2", ["PMI_RANK"] = "0" }, Arguments(shapes.NewPath(), 8, ["--epochs", "1"]));

        run.AssertFailed(1, "another MPI than Open MPI", "srun --mpi=pmix");
    }

    [Fact]
    public async Task Train_FindLrOverRanks_IsRefused()
    {
        CommandRun run = await CommandRun.StartAsync(new Dictionary<string, string> { ["OMPI_COMM_WORLD_SIZE"] = "2" }, Arguments(shapes.NewPath(), 8, ["--find-lr"]));

        run.AssertFailed(2, "--find-lr is for one process");
    }

    private string[] OfSevenImages(int batch)
    {
        string few = shapes.Copy();
        foreach ((string label, int kept) in (ReadOnlySpan<(string, int)>)[(Shapes.Labels[0], 5), (Shapes.Labels[1], 4)])
        {
            Directory.GetFiles(Path.Combine(few, label)).Order(StringComparer.Ordinal).Skip(kept).ToList().ForEach(File.Delete);
        }

        return [.. Arguments(shapes.NewPath(), batch, ["--epochs", "1"]).Select(argument => argument == shapes.Folder ? few : argument)];
    }

    private static double[] Losses(string output) =>
        [.. Checkpoint.ReadInfo(Path.Combine(output, "last.safetensors")).History.Select(epoch => epoch.TrainLoss)];

    private string[] Arguments(string output, int batch, string[] recipe) =>
    [
        "train", "--data", shapes.Folder, "--out", output, "--arch", Architecture, "--image-size", "16", "--val-split", "0.25",
        "--batch-size", batch.ToString(CultureInfo.InvariantCulture), "--seed", "3", "--no-report", .. recipe,
    ];
}
