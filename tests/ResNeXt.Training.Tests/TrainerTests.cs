using System.Diagnostics;
using System.Globalization;
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

    /// <summary>Six epochs; RESNEXT_EPOCHS=50 for more, with a closer look at the memory.</summary>
    [Fact]
    public void Run_ManyEpochs_LeaveNothingBehind()
    {
        int epochs = int.Parse(Environment.GetEnvironmentVariable("RESNEXT_EPOCHS") ?? "6", CultureInfo.InvariantCulture);
        var live = new List<long>();
        var resident = new List<long>();
        new Trainer(shapes.Tiny(shapes.NewPath()) with { Epochs = epochs }, state =>
        {
            if (state.Validation is null)
            {
                return;
            }

            if (live.Count == 0)
            {
                // What earlier tests left to the collector must not count. Later it is not called: what nobody disposes must show.
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            live.Add(Tensor.TotalCount);
            using var self = Process.GetCurrentProcess();
            resident.Add(self.WorkingSet64 >> 20);
        }).Run();

        TestContext.Current.TestOutputHelper?.WriteLine($"live tensors {string.Join(' ', live)}; resident MiB {string.Join(' ', resident)}");
        Assert.Equal(epochs, live.Count);
        Assert.All(live.Zip(live.Skip(1)), pair => Assert.InRange(pair.Second, 0, pair.First)); // fewer is an earlier test's garbage, collected late
        Assert.InRange(resident[^1], 0, resident[epochs / 3] + 48); // a network with its momentum is 28 MiB
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
    public void Run_ResumedWithOtherImages_NamesTheClass()
    {
        string data = shapes.Copy();
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Epochs = 1, Data = ImageFolder.Enumerate(data) };
        new Trainer(options).Run();
        string moved = shapes.NewPath();
        Directory.Move(data, moved);
        options = options with { Resume = true, Data = ImageFolder.Enumerate(moved) };

        Assert.Equal(1, new Trainer(options).Run().Epochs); // the same images elsewhere

        File.AppendAllText(Path.Combine(moved, "stripes", "05.jpg"), "x");
        string message = Assert.Throws<InvalidDataException>(() => new Trainer(options).Run()).Message;
        Assert.Contains("images of class 'stripes'", message, StringComparison.Ordinal);
        Assert.Contains("bytes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BatchLargerThanTheData_TakesAllOfItAndSaysSo()
    {
        List<string> log = [];
        TrainResult result = new Trainer(shapes.Tiny(shapes.NewPath()) with { BatchSize = 4096, LearningRate = null, Epochs = 1 }, log: log.Add).Run();

        Assert.Contains("4096 is more than the 36 training images", Assert.Single(log), StringComparison.Ordinal);
        IReadOnlyDictionary<string, string> settings = Checkpoint.ReadInfo(result.Checkpoint).Settings;
        Assert.Equal(("36", (0.1 * 36 / 256).ToString(CultureInfo.InvariantCulture)), (settings["batch size"], settings["learning rate"]));
    }

    /// <summary>An update has no more images than the epoch, whatever is asked for.</summary>
    [Fact]
    public void Run_MoreAccumulatedBatchesThanThereAre_LearnsAtTheRateOfThoseThereAre()
    {
        TrainResult result = new Trainer(shapes.Tiny(shapes.NewPath()) with { BatchSize = 8, GradAccumSteps = 1024, LearningRate = null, Epochs = 1 }).Run();

        Assert.Equal((0.1 * 36 / 256).ToString(CultureInfo.InvariantCulture), Checkpoint.ReadInfo(result.Checkpoint).Settings["learning rate"]);
    }

    [Fact]
    public void Run_NoValidationImage_FailsBeforeTheFirstStep() => Assert.Contains(
        "validation images are none",
        Assert.Throws<InvalidDataException>(() => new Trainer(shapes.Tiny(shapes.NewPath()) with { Val = [] }, _ => Assert.Fail("A step was made.")).Run()).Message,
        StringComparison.Ordinal);

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

    /// <summary>libtorch has one generator of random numbers for the whole process.</summary>
    [Fact]
    public async Task Run_SeveralAtOnce_GiveTheWeightsOfEachAlone()
    {
        TrainOptions[] runs = [.. Enumerable.Range(1, 4).Select(seed => shapes.Tiny("") with { Epochs = 1, Architecture = "resnext11_2x4d_cifar", ImageSize = 16, Seed = seed })];
        string[] alone = [.. runs.Select(Weights)];

        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(alone, await Task.WhenAll(runs.Select(run => Task.Run(() => Weights(run), TestContext.Current.CancellationToken))));
        }

        string Weights(TrainOptions run)
        {
            using var file = new SafeTensorsFile(new Trainer(run with { Out = shapes.NewPath() }).Run().Checkpoint);
            return string.Join(' ', file.Names.Order(StringComparer.Ordinal).Select(name =>
            {
                using Tensor tensor = file.Read(name);
                return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(tensor.contiguous().bytes));
            }));
        }
    }

    [Theory]
    [InlineData("resnext26_2x4d", "'layer1.1.bn3'", "New are 4 blocks, which pass their input on.")]
    [InlineData("resnext14_4x4d", "'layer1.0.conv3'", "New are 2 paths in each block, which add nothing yet.")]
    [InlineData("resnext26_3x4d", "'layer1.1.bn3'", "New are 4 blocks, which pass their input on, and 1 path in each block, which adds nothing yet.")]
    public void Run_WeightsOfASmallerNetwork_StartAsThatNetwork(string architecture, string frozen, string news)
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with
        {
            Architecture = architecture,
            Weights = trained.Result.Checkpoint,
            Trainable = TrainableLayers.Head,
            LearningRate = 1e-9,
            Epochs = 1,
        };

        List<string> log = [];
        TrainResult larger = new Trainer(options, log: log.Add).Run();

        Assert.Equal(Loss(trained.Result.Model), Loss(larger.Model), 1e-5);
        Assert.Equal(2, log.Count);
        Assert.Contains($"{frozen} holds new weights that are 0 and frozen", log[0], StringComparison.Ordinal);
        Assert.Contains($"holds 'resnext14_2x4d': '{architecture}' begins as that network. {news}", log[1], StringComparison.Ordinal);

        double Loss(string path)
        {
            using ResNeXtModel model = ResNeXtModel.Load(path);
            return Evaluator.Evaluate(model, shapes.Images, _ => Assert.Fail("skipped"), (_, _) => { }, default).Loss;
        }
    }

    [Fact]
    public void Run_EachOption_ChangesWhatIsLearned()
    {
        TrainOptions options = shapes.Tiny("") with { Epochs = 1, Architecture = "resnext11_2x4d_cifar", ImageSize = 16 };
        TrainOptions[] augmented =
        [
            options,
            options with { AutoAugment = AutoAugment.TrivialAugmentWide },
            options with { ColorJitter = 0.4 },
            options with { RandomErase = 0.5 },
            options with { ColorJitterHue = 0.5 },
            options with { TrainCropMode = TrainCropMode.RandomSized },
            options with { ClassBalanced = true },
            options with { NoAugmentation = true },
            options with { Lighting = 0.5 },
            options with { MixupAlpha = 0.2 },
            options with { CutmixAlpha = 1 },
            options with { LabelSmoothing = 0.1 },
            options with { ClassWeights = ClassWeights.Parse("disc=3") },
            options with { GradAccumSteps = 2 },
            options with { LayerDecay = 0.5 },
            options with { ZeroInitResidual = true },
            options with { Optimizer = OptimizerKind.AdamW },
        ];

        string[] learned = [.. augmented.Select(one =>
        {
            using var file = new SafeTensorsFile(new Trainer(one with { Out = shapes.NewPath() }).Run().Checkpoint);
            using Tensor bias = file.Read("bn1.bias");
            return string.Join(' ', bias.data<float>());
        })];

        Assert.Distinct(learned);
    }

    [Fact]
    public void Run_AverageOfTheWeights_IsWhatIsValidatedAndExported()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Epochs = 1, Architecture = "resnext11_2x4d_cifar", ImageSize = 16, ModelEma = true };

        TrainResult result = new Trainer(options).Run();

        using var best = new SafeTensorsFile(result.Checkpoint);
        using var last = new SafeTensorsFile(Last(result));
        using Tensor exported = best.Read("conv1.weight"), average = last.Read("ema.conv1.weight"), newest = last.Read("conv1.weight");
        Assert.True(exported.allclose(average, rtol: 0, atol: 0));
        Assert.False(exported.allclose(newest, rtol: 0, atol: 0));
        using ResNeXtModel model = ResNeXtModel.Load(result.Model);
        using var same = new ResNeXtModule(ResNeXtArchitecture.Parse(options.Architecture!), 2);
        Checkpoint.Load(result.Checkpoint, same);
        OnnxVerifier.Verify(File.ReadAllBytes(result.Model), same, model.Metadata.Preprocessing);
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
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(again, state => StopAt(state, 2, stop)).Run(stop.Token));

        TrainResult resumed = new Trainer(again with { Resume = true }).Run();

        Assert.Equal(SavedRun.Of(Last(whole)), SavedRun.Of(Last(resumed)));
        Assert.Equal(Bytes(whole.Model), Bytes(resumed.Model));
        Assert.Contains("optimizer AdamW, now it is Sgd", Assert.Throws<InvalidDataException>(
            () => new Trainer(again with { Resume = true, Optimizer = OptimizerKind.Sgd }).Run()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_HeadAlone_LeavesTheRestWithItsStatistics()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Architecture = null, Weights = trained.Result.Checkpoint, Trainable = TrainableLayers.Head, Optimizer = OptimizerKind.Sgd, Epochs = 1 };

        string last = Last(new Trainer(options).Run());

        Assert.Equal(["fc.bias", "fc.weight"], Changed(trained.Result.Checkpoint, last));
        Assert.Equal(["fc.bias", "fc.weight"], Changed(trained.Result.Checkpoint, new Trainer(options with { Out = shapes.NewPath(), ModelEma = true, Epochs = 2 }).Run().Checkpoint));
        using var after = new SafeTensorsFile(last);
        Assert.Equal(["momentum.fc.bias", "momentum.fc.weight"], after.Names.Where(name => name.StartsWith("momentum", StringComparison.Ordinal)).Order());
    }

    /// <summary>The head to its end: one epoch, the same bits each time, nothing left for a resume, and a better fit than epochs of SGD.</summary>
    [Fact]
    public void Run_HeadAloneWithoutAugmentation_IsSolved()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with
        {
            Architecture = null,
            Weights = trained.Result.Checkpoint,
            Trainable = TrainableLayers.Head,
            NoAugmentation = true,
            Epochs = 3, // of no effect
            WeightDecay = 1e-3,
        };

        TrainResult solved = new Trainer(options).Run();
        TrainResult again = new Trainer(options with { Out = shapes.NewPath() }).Run();
        TrainResult steps = new Trainer(options with { Out = shapes.NewPath(), Optimizer = OptimizerKind.Sgd }).Run();

        Assert.Equal(1, solved.Epochs);
        Assert.Equal(1, new Trainer(options with { Resume = true }).Run().Epochs);
        Assert.Equal(SavedRun.Of(Last(solved)), SavedRun.Of(Last(again)));
        Assert.Equal(["fc.bias", "fc.weight"], Changed(trained.Result.Checkpoint, Last(solved)));
        Assert.InRange(TrainLoss(solved), 0, TrainLoss(steps) / 2);
        using var file = new SafeTensorsFile(Last(solved));
        Assert.DoesNotContain(file.Names, name => name.StartsWith("momentum", StringComparison.Ordinal));

        double TrainLoss(TrainResult result) => Checkpoint.ReadInfo(Last(result)).History[^1].TrainLoss;
    }

    /// <summary>A run of before the head had a rate of its own: one rate for all, a tenth of what the default is now. Its command is the same, its bits must be.</summary>
    [Fact]
    public void Run_ResumedFromBeforeDiscriminativeRates_GoesOnAsItBegan()
    {
        TrainOptions command = shapes.Tiny(shapes.NewPath()) with { Architecture = null, Weights = trained.Result.Checkpoint, LearningRate = null };
        TrainOptions before = command with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.1 * 8 / 256 * 0.1, BackboneLearningRateScale = 1 };
        TrainResult whole = new Trainer(before).Run();
        TrainOptions again = before with { Out = shapes.NewPath() };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(again, state => StopAt(state, 2, stop)).Run(stop.Token));
        Forget(Path.Combine(again.Out, "last.safetensors"), "learning rate before the head");

        TrainResult resumed = new Trainer(command with { Out = again.Out, Resume = true }).Run();

        Assert.Equal(Weights(Last(whole)), Weights(Last(resumed)));
        Assert.Contains("learning rate before the head none, now it is 0.1", Assert.Throws<InvalidDataException>(
            () => new Trainer(command with { Out = again.Out, Resume = true, BackboneLearningRateScale = 0.1 }).Run()).Message, StringComparison.Ordinal);

        static string[] Weights(string path)
        {
            using var file = new SafeTensorsFile(path);
            return [.. file.Names.Order().Select(name =>
            {
                using Tensor tensor = file.Read(name);
                return name + Convert.ToHexString(tensor.contiguous().bytes);
            })];
        }
    }

    [Fact]
    public void Run_HeadAloneByAnOptimizer_LearnsFromFeaturesComputedOnce()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with
        {
            Architecture = null,
            Weights = trained.Result.Checkpoint,
            Trainable = TrainableLayers.Head,
            Optimizer = OptimizerKind.Sgd,
            NoAugmentation = true,
            ColorJitter = 0.4, // of no effect
            Epochs = 3,
        };
        TrainResult whole = new Trainer(options).Run();
        TrainOptions again = options with { Out = shapes.NewPath() };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(again, state => StopAt(state, 2, stop)).Run(stop.Token));

        TrainResult resumed = new Trainer(again with { Resume = true }).Run();

        Assert.Equal(SavedRun.Of(Last(whole)), SavedRun.Of(Last(resumed)));
        Assert.Equal(["fc.bias", "fc.weight"], Changed(trained.Result.Checkpoint, Last(whole)));
        using ResNeXtModel model = ResNeXtModel.Load(whole.Model);
        DataSplit split = DataSplit.HoldOut(options.Data, options.ValSplit, options.Seed);
        LabeledImage[] validation = [.. split.Validation.Select(sample => new LabeledImage { ImagePath = sample.Path, Label = split.Labels[sample.Label] })];
        Assert.Equal(whole.ValTop1, Evaluator.Evaluate(model, validation, _ => Assert.Fail("skipped"), (_, _) => { }, default).Top1);
    }

    [Fact]
    public void Run_UnfrozenByStages_StartsWithTheHeadAndResumesExactly()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with
        {
            Architecture = null,
            Weights = trained.Result.Checkpoint,
            UnfreezeEpochs = 1,
            ClassBalanced = true,
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 1e-3,
            Epochs = 3,
        };
        var changed = new List<string>();
        TrainResult whole = new Trainer(options, state =>
        {
            if (state.Validation is not null)
            {
                string[] parts = [.. Changed(trained.Result.Checkpoint, Path.Combine(options.Out, "last.safetensors")).Select(name => name.Split('.')[0]).Distinct()];
                changed.Add(string.Join(' ', parts));
            }
        }).Run();
        TrainOptions again = options with { Out = shapes.NewPath() };
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(again, state => StopAt(state, 3, stop)).Run(stop.Token));

        TrainResult resumed = new Trainer(again with { Resume = true }).Run();

        Assert.Equal(["fc", "fc layer4", "fc layer3 layer4"], changed);
        Assert.Equal(SavedRun.Of(Last(whole)), SavedRun.Of(Last(resumed)));
    }

    [Fact]
    public void Run_Resize_IsThatOfTheModel()
    {
        TrainResult result = new Trainer(shapes.Tiny(shapes.NewPath()) with { Resize = 32, Epochs = 1 }).Run();

        using ResNeXtModel model = ResNeXtModel.Load(result.Model);
        Assert.Equal((32, 32), (model.Metadata.Preprocessing.ImageSize, model.Metadata.Preprocessing.ResizeSize));
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
                options with { Optimizer = (OptimizerKind)3 },
                options with { LearningRateSteps = [0.5, 0.5] },
                options with { NormWeightDecay = -1 },
                options with { LayerDecay = 0 },
                options with { BackboneLearningRateScale = 0 },
                options with { Optimizer = OptimizerKind.Lbfgs },
                options with { GradAccumSteps = 0 },
                options with { ClipGradNorm = 0 },
                options with { LabelSmoothing = 2 },
                options with { MixupAlpha = double.NaN },
                options with { ModelEmaDecay = 1 },
                options with { Patience = 0 },
                options with { Trainable = TrainableLayers.Head },
                options with { LearningRate = 0 },
                options with { UnfreezeEpochs = 1 },
                options with { UnfreezeEpochs = 0, Weights = "x" },
                options with { UnfreezeEpochs = 1, Weights = "x", Trainable = TrainableLayers.Head },
                options with { Resize = 31 },
                options with { ColorJitterHue = 0.6 },
                options with { TrainCropMode = (TrainCropMode)2 },
                options with { ClassBalanced = true, ClassWeights = ClassWeights.Balanced },
                options with { ZeroInitResidual = true, FreezeBatchNorm = true },
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
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options, state => StopAt(state, 2, stop)).Run(stop.Token));
        EpochMetrics[] before = [.. Checkpoint.ReadInfo(Path.Combine(options.Out, "last.safetensors")).History];
        File.Delete(Path.Combine(options.Out, "history.csv")); // as if the process had died between checkpoint and history
        File.AppendAllText(Path.Combine(options.Out, "history.jsonl"), "{\"epoch\":2}\n");

        TrainResult resumed = new Trainer(options with { Resume = true }).Run();

        IReadOnlyList<EpochMetrics> history = Checkpoint.ReadInfo(Last(resumed)).History;
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

        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options, state => StopAt(state, 3, stop), log.Add).Run(stop.Token));

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

        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options, state => StopAt(state, 1, stop)).Run(stop.Token));

        Assert.Empty(Directory.EnumerateFileSystemEntries(options.Out));
    }

    /// <summary>After a kill between the files of best and last, or from an older checkpoint, the best file is ahead of the last one.</summary>
    [Fact]
    public void Run_ResumedBehindItsBest_SaysWhichEpochThatIs()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Epochs = 4, KeepCheckpoints = 4 };
        TrainResult whole = new Trainer(options).Run();
        File.Copy(Path.Combine(options.Out, "epoch-0001.safetensors"), Last(whole), overwrite: true);
        using (var module = new ResNeXtModule(ResNeXtArchitecture.Parse(options.Architecture!), Shapes.Labels.Count))
        {
            Checkpoint.Load(whole.Checkpoint, module);
            Checkpoint.Save(whole.Checkpoint, Checkpoint.ReadInfo(whole.Checkpoint) with { BestEpoch = 3 }, module); // whichever it was
        }

        var log = new List<string>();
        using var stop = new CancellationTokenSource();

        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options with { Resume = true }, state => stop.Cancel(), log.Add).Run(stop.Token));

        Assert.Contains(log, line => line.Contains("is epoch 3, the best so far", StringComparison.Ordinal));
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

    /// <summary>Takes a setting out of a checkpoint, as if the version that wrote it had not known it; what stands in its place nobody asks for.</summary>
    private static void Forget(string checkpoint, string setting)
    {
        byte[] bytes = File.ReadAllBytes(checkpoint);
        foreach (string text in new[] { setting, ContentDigest.Mark, ContentDigest.Key }) // nor had it a digest
        {
            byte[] name = System.Text.Encoding.UTF8.GetBytes(text);
            int at = bytes.AsSpan().IndexOf(name);
            Assert.True(at > 0);
            bytes.AsSpan(at, name.Length).Fill((byte)(text == ContentDigest.Key ? 'y' : 'x'));
        }

        File.WriteAllBytes(checkpoint, bytes);
    }

    private static void StopAt(TrainProgress state, int epoch, CancellationTokenSource stop)
    {
        if (state.Epoch == epoch && state.Step == 2)
        {
            stop.Cancel();
        }
    }

    /// <summary>Names of the first file's tensors that have other values in the second, in order.</summary>
    private static IEnumerable<string> Changed(string before, string after)
    {
        using var first = new SafeTensorsFile(before);
        using var second = new SafeTensorsFile(after);
        return [.. first.Names.Where(IsOther).Order()];

        bool IsOther(string name)
        {
            using Tensor from = first.Read(name);
            using Tensor to = second.Read(name);
            using Tensor same = from.eq(to).all();
            return !same.item<bool>();
        }
    }

    private static string Last(TrainResult result) => Path.Combine(Path.GetDirectoryName(result.Checkpoint)!, "last.safetensors");

    private static byte[] Bytes(string path) => File.ReadAllBytes(path);
}
