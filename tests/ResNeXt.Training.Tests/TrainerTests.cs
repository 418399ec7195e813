using ResNeXt.MLNet;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class TrainerTests(Shapes shapes, TrainedModel trained)
{
    [Fact]
    public void Run_TwoShapes_LearnsToTellThem()
    {
        TrainResult result = new Trainer(shapes.Tiny(shapes.NewPath()) with { Epochs = 8, LearningRate = 0.05 }).Run();

        Assert.InRange(result.ValTop1, 0.9, 1);
        Assert.InRange(result.BestEpoch, 1, 8);
        Assert.True(result.ImagesPerSecond > 0);
    }

    [Fact]
    public void Run_Steps_AreReported()
    {
        // 36 of 48 images train in batches of at most 8: 5 steps, and the validation, in each of 2 epochs.
        Assert.Equal(12, trained.Progress.Count);
        Assert.Equal([1, 2, 3, 4, 5, 5], trained.Progress.Take(6).Select(state => state.Step));
        Assert.Equal(12, trained.Progress[5].Validation!.Count);
        Assert.All(trained.Progress, state => Assert.True(state is { Steps: 5, Epochs: 2, LearningRate: > 0 and <= 0.02 }));
    }

    [Fact]
    public void Run_Files_StandInTheFolder()
    {
        string folder = Path.GetDirectoryName(trained.Result.Model)!;

        Assert.Equal(
            ["best.safetensors", "events", "history.csv", "history.jsonl", "last.safetensors", "model.onnx", "report.html"],
            Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Select(name => name.StartsWith("events.out.tfevents.", StringComparison.Ordinal) ? "events" : name).Order());
        Assert.Equal(trained.Result.BestEpoch, Checkpoint.ReadInfo(trained.Result.Checkpoint).BestEpoch);
    }

    [Fact]
    public void Run_SecondEpoch_LeavesNoTensorBehind()
    {
        // What earlier tests left to the collector must not count.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var live = new List<long>();
        new Trainer(shapes.Tiny(shapes.NewPath()) with { Epochs = 3 }, state =>
        {
            if (state.Validation is not null)
            {
                live.Add(Tensor.TotalCount);
            }
        }).Run();

        Assert.Equal(live[0], live[1]);
        Assert.Equal(live[1], live[2]);
    }

    [Fact]
    public void Run_Twice_GivesTheSameWeights() =>
        Assert.Equal(SavedRun.Of(trained.Result.Checkpoint), SavedRun.Of(new Trainer(shapes.Tiny(shapes.NewPath())).Run().Checkpoint));

    /// <summary>
    /// TorchSharp's own optimizer and batch normalisation die here, or learn something else: they hand libtorch numbers that the collector
    /// may free during the call.
    /// </summary>
    [Fact]
    public async Task Run_WhileTheCollectorRuns_GivesTheSameWeights()
    {
        using var stop = new CancellationTokenSource();
        Task collecting = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });

        TrainResult result = new Trainer(shapes.Tiny(shapes.NewPath())).Run();

        await stop.CancelAsync();
        await collecting;
        Assert.Equal(SavedRun.Of(trained.Result.Checkpoint), SavedRun.Of(result.Checkpoint));
    }

    [Fact]
    public void Run_Resumed_IsTheSameAsUninterrupted()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath());
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options, state =>
        {
            if (state is { Epoch: 2, Step: 2 })
            {
                stop.Cancel();
            }
        }).Run(stop.Token));

        TrainResult resumed = new Trainer(options with { Resume = true }).Run();

        Assert.Equal(2, resumed.Epochs);
        Assert.Equal(SavedRun.Of(Last(trained.Result)), SavedRun.Of(Last(resumed)));
        Assert.Equal(Bytes(trained.Result.Model), Bytes(resumed.Model));
    }

    [Fact]
    public void Run_ResumedWhenDone_OnlyExports()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Epochs = 1 };
        TrainResult first = new Trainer(options).Run();
        File.Delete(first.Model);

        TrainResult again = new Trainer(options with { Resume = true }).Run();

        Assert.Equal((first.ValTop1, 0.0, true), (again.ValTop1, again.ImagesPerSecond, File.Exists(again.Model)));
    }

    [Fact]
    public void Run_FolderWithARun_RefusesToOverwriteIt()
    {
        TrainOptions options = shapes.Tiny(Path.GetDirectoryName(trained.Result.Model)!);

        var exception = Assert.Throws<IOException>(() => new Trainer(options).Run());

        Assert.Contains("--resume", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ResumedWithOtherNetwork_SaysSo()
    {
        TrainOptions options = shapes.Tiny(Path.GetDirectoryName(trained.Result.Model)!) with { Resume = true };

        Assert.Contains("resnext14_2x4d", Refused(options with { Architecture = "resnext14_4x4d" }), StringComparison.Ordinal);
        Assert.Contains("image size 32, now it is 48", Refused(options with { ImageSize = 48 }), StringComparison.Ordinal);
        Assert.Contains("seed 1, now it is 2", Refused(options with { Seed = 2 }), StringComparison.Ordinal);
        Assert.Contains("batch size 8, now it is 9", Refused(options with { BatchSize = 9 }), StringComparison.Ordinal);
        Assert.Contains("number of epochs 2, now it is 5", Refused(options with { Epochs = 5 }), StringComparison.Ordinal);
        Assert.Contains("number of training images 36", Refused(options with { ValSplit = 0.5 }), StringComparison.Ordinal);
        Assert.Contains("classes disc, stripes", Refused(options with
        {
            Data = [.. shapes.Images.Select(image => new LabeledImage { ImagePath = image.ImagePath, Label = "x" + image.Label })],
        }), StringComparison.Ordinal);

        static string Refused(TrainOptions options) => Assert.Throws<InvalidDataException>(() => new Trainer(options).Run()).Message;
    }

    [Fact]
    public void Run_BadValidationImage_FailsBeforeTheFirstStep()
    {
        string bad = shapes.NewPath(".jpg");
        File.WriteAllText(bad, "no image");
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Val = [.. shapes.Images, new LabeledImage { ImagePath = bad, Label = "disc" }] };

        var exception = Assert.Throws<InvalidDataException>(() => new Trainer(options, _ => Assert.Fail("A step was made.")).Run());

        Assert.Contains(bad, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WeightsOfAnotherSize_KeepTheirPreprocessing()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { ImageSize = null, Architecture = null, Weights = trained.Result.Checkpoint, Epochs = 1 };

        Assert.Equal(32, Checkpoint.ReadInfo(new Trainer(options).Run().Checkpoint).Preprocessing.ImageSize);
    }

    [Fact]
    public void Run_Weights_StartFromThemAndReplaceTheHead()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with
        {
            Architecture = null,
            Weights = trained.Result.Checkpoint,
            Epochs = 1,
            LearningRate = 1e-9,
            Data = [.. shapes.Images.Select((image, i) => new LabeledImage { ImagePath = image.ImagePath, Label = $"class {i % 3}" })],
        };

        List<string> log = [];
        TrainResult result = new Trainer(options, log: log.Add).Run();

        using var before = new SafeTensorsFile(trained.Result.Checkpoint);
        using var after = new SafeTensorsFile(result.Checkpoint);
        using Tensor from = before.Read("layer1.0.conv1.weight");
        using Tensor to = after.Read("layer1.0.conv1.weight");
        Assert.True(from.allclose(to, atol: 1e-6));
        Assert.Equal([3, 2048], after.Shape("fc.weight"));
        Assert.Contains("for 3 classes", Assert.Single(log), StringComparison.Ordinal);
        Assert.Equal("resnext14_2x4d", Checkpoint.ReadInfo(result.Checkpoint).Architecture);
    }

    [Fact]
    public void Run_EachAugmentation_ChangesWhatIsLearned()
    {
        TrainOptions options = shapes.Tiny("") with { Epochs = 1 };
        TrainOptions[] augmented =
        [
            options,
            options with { AutoAugment = AutoAugment.TrivialAugmentWide },
            options with { ColorJitter = 0.4 },
            options with { RandomErase = 0.5 },
        ];

        string[] learned = [.. augmented.Select(one =>
        {
            using var file = new SafeTensorsFile(new Trainer(one with { Out = shapes.NewPath() }).Run().Checkpoint);
            using Tensor bias = file.Read("bn1.bias");
            return string.Join(' ', bias.data<float>());
        })];

        Assert.Distinct(learned);
    }

    /// <summary>Everything that a checkpoint must carry is on: resumed in the middle, the run ends with the same bits.</summary>
    [Fact]
    public void Run_ResumedWithEveryOption_IsTheSameAsUninterrupted()
    {
        TrainOptions recipe = shapes.Tiny(shapes.NewPath()) with
        {
            Optimizer = OptimizerKind.AdamW,
            LearningRateSchedule = LearningRateScheduleKind.OneCycle,
            GradAccumSteps = 2,
            ModelEma = true,
            ModelEmaDecay = 0.9,
            MixupAlpha = 0.2,
            CutmixAlpha = 1,
            LabelSmoothing = 0.1,
            ClipGradNorm = 1,
            NormWeightDecay = 0,
            LayerDecay = 0.8,
            ZeroInitResidual = true,
            Lighting = 0.1,
        };
        TrainResult whole = new Trainer(recipe).Run();
        TrainOptions again = recipe with { Out = shapes.NewPath() };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(again, state => Stop(state, stop)).Run(stop.Token));

        TrainResult resumed = new Trainer(again with { Resume = true }).Run();

        Assert.Equal(SavedRun.Of(Last(whole)), SavedRun.Of(Last(resumed)));
        Assert.Equal(Bytes(whole.Model), Bytes(resumed.Model));
        Assert.Contains("optimizer AdamW, now it is Sgd", Assert.Throws<InvalidDataException>(
            () => new Trainer(again with { Resume = true, Optimizer = OptimizerKind.Sgd }).Run()).Message, StringComparison.Ordinal);

        static void Stop(TrainProgress state, CancellationTokenSource stop)
        {
            if (state is { Epoch: 2, Step: 2 })
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Run_HeadAlone_LeavesTheRestWithItsStatistics()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Architecture = null, Weights = trained.Result.Checkpoint, Trainable = TrainableLayers.Head, Epochs = 1 };

        using var after = new SafeTensorsFile(Last(new Trainer(options).Run()));
        using var before = new SafeTensorsFile(trained.Result.Checkpoint);

        string[] changed = [.. before.Names.Where(name =>
        {
            using Tensor from = before.Read(name);
            using Tensor to = after.Read(name);
            using Tensor same = from.eq(to).all();
            return !same.item<bool>();
        })];
        Assert.Equal(["fc.bias", "fc.weight"], changed.Order());
        Assert.Equal(["momentum.fc.bias", "momentum.fc.weight"], after.Names.Where(name => name.StartsWith("momentum", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void Run_NoBetterEpoch_StopsAfterItsPatience()
    {
        // At this rate nothing changes after the first epoch.
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { LearningRate = 1e-12, FreezeBatchNorm = true, Patience = 2, Epochs = 9 };

        TrainResult result = new Trainer(options).Run();

        Assert.Equal((3, 1), (result.Epochs, result.BestEpoch));
        Assert.Equal(3, new Trainer(options with { Resume = true }).Run().Epochs);
    }

    [Fact]
    public void Run_RateFarTooLarge_NamesTheRate()
    {
        var exception = Assert.Throws<InvalidOperationException>(
            () => new Trainer(shapes.Tiny(shapes.NewPath()) with { LearningRate = 999, WarmupEpochs = 0, Epochs = 20 }).Run());

        Assert.Contains("learning rate", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--clip-grad-norm 1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OptionOutOfRange_NamesValueAndRange()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath());

        foreach (TrainOptions wrong in (TrainOptions[])
            [
                options with { Epochs = 0 },
                options with { BatchSize = 2 },
                options with { LearningRate = double.NaN },
                options with { ValSplit = 1 },
                options with { CropScale = 0 },
                options with { ColorJitter = 2 },
                options with { RandomErase = -0.1 },
                options with { AutoAugment = (AutoAugment)7 },
                options with { ImageSize = 8 },
                options with { KeepCheckpoints = 0 },
                options with { WarmupEpochs = 3 },
                options with { Optimizer = (OptimizerKind)2 },
                options with { LearningRateSteps = [0.5, 0.5] },
                options with { NormWeightDecay = -1 },
                options with { LayerDecay = 0 },
                options with { GradAccumSteps = 0 },
                options with { ClipGradNorm = 0 },
                options with { LabelSmoothing = 2 },
                options with { MixupAlpha = double.NaN },
                options with { ModelEmaDecay = 1 },
                options with { Patience = 0 },
                options with { Trainable = TrainableLayers.Head },
            ])
        {
            Assert.Contains("expected", Assert.Throws<ArgumentException>(() => new Trainer(wrong)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The history lives in the checkpoint: the files are made from it, whatever the moment of the end.</summary>
    [Fact]
    public void Run_Resumed_HasEachEpochOnceInItsHistory()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath());
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options, state => StopIn(2, state, stop)).Run(stop.Token));
        EpochRow[] before = [.. Checkpoint.ReadInfo(Path.Combine(options.Out, "last.safetensors")).History];
        File.Delete(Path.Combine(options.Out, "history.csv")); // as if the process had died between checkpoint and history
        File.AppendAllText(Path.Combine(options.Out, "history.jsonl"), "{\"epoch\":2}\n");

        TrainResult resumed = new Trainer(options with { Resume = true }).Run();

        IReadOnlyList<EpochRow> history = Checkpoint.ReadInfo(Last(resumed)).History;
        Assert.Equal([1, 2], history.Select(row => row.Epoch));
        Assert.Equal(before, history.Take(1));
        Assert.Equal(trained.Progress.Where(state => state.Validation is not null).Select(state => state.Validation!.Loss), history.Select(row => row.ValLoss));
        Assert.Equal(["1", "2"], File.ReadLines(Path.Combine(options.Out, "history.csv")).Skip(1).Select(line => line.Split(',')[0]));
        Assert.Equal(2, File.ReadLines(Path.Combine(options.Out, "history.jsonl")).Count());
    }

    [Fact]
    public void Run_CancelledAfterAnEpoch_ExportsTheBestSoFar()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Epochs = 3 };
        using var stop = new CancellationTokenSource();
        List<string> log = [];

        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options, state => StopIn(3, state, stop), log.Add).Run(stop.Token));

        string model = Path.Combine(options.Out, "model.onnx");
        Assert.Contains("epoch 2 of 3", Assert.Single(log), StringComparison.Ordinal);
        Assert.Contains("--resume", log[0], StringComparison.Ordinal);
        int best = Checkpoint.ReadInfo(Path.Combine(options.Out, "best.safetensors")).BestEpoch;
        Assert.Contains($"is epoch {best}, the best so far", log[0], StringComparison.Ordinal);
        using ResNeXtModel loaded = ResNeXtModel.Load(model);
        Assert.Equal(Shapes.Labels, loaded.Metadata.Labels);
    }

    [Fact]
    public void Run_CancelledInTheFirstEpoch_LeavesNoModel()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath());
        using var stop = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options, state => StopIn(1, state, stop)).Run(stop.Token));

        Assert.Empty(Directory.EnumerateFileSystemEntries(options.Out));
    }

    [Fact]
    public void Run_KeepCheckpoints_LeavesTheLastOnesToGoBackTo()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Epochs = 4, KeepCheckpoints = 2 };
        TrainResult whole = new Trainer(options).Run();

        Assert.Equal(["epoch-0003.safetensors", "epoch-0004.safetensors"], Directory.EnumerateFiles(options.Out, "epoch-*").Select(Path.GetFileName).Order());
        string expected = SavedRun.Of(Last(whole));
        File.Move(Path.Combine(options.Out, "epoch-0003.safetensors"), Last(whole), overwrite: true);

        TrainResult again = new Trainer(options with { Resume = true }).Run();

        Assert.Equal(expected, SavedRun.Of(Last(again)));
    }

    [Fact]
    public void Run_ReportThatCannotBeWritten_CostsNothingElse()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Epochs = 1, Report = true };
        Directory.CreateDirectory(Path.Combine(options.Out, "report.html", "in the way"));
        List<string> log = [];

        TrainResult result = new Trainer(options, log: log.Add).Run();

        Assert.Null(result.Report);
        Assert.True(File.Exists(result.Model));
        Assert.StartsWith("warning: There is no report: ", Assert.Single(log), StringComparison.Ordinal);
    }

    private static void StopIn(int epoch, TrainProgress state, CancellationTokenSource stop)
    {
        if (state.Epoch == epoch && state.Step == 2)
        {
            stop.Cancel();
        }
    }

    private static string Last(TrainResult result) => Path.Combine(Path.GetDirectoryName(result.Checkpoint)!, "last.safetensors");

    private static byte[] Bytes(string path) => File.ReadAllBytes(path);
}
