using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class ResNeXtTrainerTests(Shapes shapes, TrainedModel trained)
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>A head on features that tell the shapes already: seconds for a few epochs.</summary>
    private ResNeXtTrainerOptions Quick => new()
    {
        Weights = trained.Result.Checkpoint,
        Trainable = TrainableLayers.Head,
        Optimizer = OptimizerKind.Sgd,
        Epochs = 1,
        BatchSize = 12,
        LearningRate = 0.05,
        CropScale = 0.5,
        ValidationFraction = 0.25,
        Device = ExecutionDevice.Cpu,
    };

    /// <summary>Stripes first: key order is not the order of names.</summary>
    private List<LabeledImage> Photos => [.. shapes.Images.Reverse()];

    [Fact]
    public void Contract_FineTuned_Holds() => EstimatorContract.Holds(
        _ml, _ml.MulticlassClassification.Trainers.ResNeXt(Quick), Keyed(Photos), data => data.GetColumn<float[]>("Score").Select(score => string.Join(' ', score)).ToArray());

    [Fact]
    public void Fit_WeightsOfASmallerNetwork_AreTaken()
    {
        using ResNeXtTransformer transformer = _ml.MulticlassClassification.Trainers.ResNeXt(Quick with { Architecture = "resnext26_4x4d" }).Fit(Keyed(Photos));

        Assert.Equal("resnext26_4x4d", transformer.Metadata.Architecture);
    }

    /// <summary>Whatever this machine has pulled: an epoch of small images is soon done.</summary>
    [Fact]
    public void Fit_NeitherNetworkNorWeights_FineTunesAndTellsThePlan()
    {
        var told = new List<string>();
        _ml.Log += (_, line) => told.AddRange(line.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Info ? [line.Message] : []);

        using ResNeXtTransformer transformer = _ml.MulticlassClassification.Trainers.ResNeXt(new ResNeXtTrainerOptions { Epochs = 1, ImageSize = 32, Device = ExecutionDevice.Cpu }).Fit(Keyed(Photos));

        Assert.Contains(told, line => line.Contains("48 photos: fine-tuning ", StringComparison.Ordinal) && line.Contains(", AdamW 0.01, 1 epoch; ", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("     19      5  disc", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("  time          about", StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_KeysInAnotherOrderThanNames_AreTheClassesOfTheModel()
    {
        List<LabeledImage> photos = [.. Photos, Unlabelled(), Unlabelled()];
        var told = new Told();
        ResNeXtTrainerOptions options = Quick with { Epochs = 4, ValidationSet = Keyed([.. shapes.Images, Unlabelled()]), Progress = told };
        var warnings = new List<string>();
        _ml.Log += (_, line) => warnings.AddRange(line.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning ? [line.Message] : []);

        using ResNeXtTransformer transformer = _ml.MulticlassClassification.Trainers.ResNeXt(options).Fit(Keyed(photos));
        IDataView scored = transformer.Transform(Keyed(Photos));

        VBuffer<ReadOnlyMemory<char>> slots = default;
        scored.Schema["Score"].GetSlotNames(ref slots);
        Assert.Equal(["stripes", "disc"], slots.DenseValues().Select(name => name.ToString()));
        Assert.InRange(_ml.MulticlassClassification.Evaluate(scored).MicroAccuracy, 0.9, 1);
        Assert.Equal((48, 3, 4), (transformer.Training!.Rows, transformer.Training.IgnoredRows, transformer.Training.Epochs));
        Assert.Contains(warnings, line => line.Contains("3 rows are ignored", StringComparison.Ordinal));
        Assert.Equal([1, 2, 3, 4], told.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(transformer.Training.ValTop1, told.Epochs[transformer.Training.BestEpoch - 1].ValTop1);
        Assert.All(told.Epochs, epoch => Assert.True(epoch is { Epochs: 4, TrainLoss: > 0, ValLoss: > 0, ValTop5: 1, LearningRate: > 0, ImagesPerSecond: > 0 }));
    }

    /// <summary>The same pixels, so the same bits: from files, from bytes and from images that another transform loaded.</summary>
    [Fact]
    public void Fit_PathsBytesAndMLImages_TrainTheSameModel()
    {
        List<PhotoRow> rows = [.. Photos.Where((_, i) => i % 3 == 0).Select(photo => new PhotoRow
        {
            ImagePath = photo.ImagePath,
            Label = photo.Label,
            Bytes = File.ReadAllBytes(photo.ImagePath),
        })];
        IDataView data = _ml.Transforms.LoadImages("Loaded", "", "ImagePath").Fit(Keyed(rows)).Transform(Keyed(rows));
        string temporary = Directory.CreateDirectory(shapes.NewPath()).FullName;
        string? before = Environment.GetEnvironmentVariable("TMPDIR");
        Environment.SetEnvironmentVariable("TMPDIR", temporary);
        try
        {
            byte[][] models = [.. new[] { "ImagePath", "Bytes", "Loaded" }.Select(column =>
            {
                string folder = shapes.NewPath();
                using ResNeXtTransformer transformer = _ml.MulticlassClassification.Trainers.ResNeXt(Quick with { InputColumnName = column, OutputFolder = folder }).Fit(data);
                Assert.Equal(rows.Count, transformer.Transform(data).GetColumn<float[]>("Score").Count());
                return File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
            })];

            Assert.Equal(models[0], models[1]);
            Assert.Equal(models[0], models[2]);
            Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TMPDIR", before);
        }
    }

    /// <summary>The one photo of a third class is trained on in two folds, and missing from the third.</summary>
    [Fact]
    public void CrossValidate_AClassThatAFoldLacks_ScoresEveryFold()
    {
        List<LabeledImage> photos = [.. Photos.Where((_, i) => i % 2 == 0), new LabeledImage { ImagePath = Photos[0].ImagePath, Label = "rare" }];
        ResNeXtTrainerOptions options = Quick with { ClassWeights = ClassWeights.Balanced };

        var folds = _ml.MulticlassClassification.CrossValidate(Keyed(photos), _ml.MulticlassClassification.Trainers.ResNeXt(options), numberOfFolds: 3);

        Assert.Equal(photos.Count, folds.Sum(fold => fold.ScoredHoldOutSet.GetColumn<uint>("PredictedLabel").Count()));
        Assert.All(folds, fold =>
        {
            Assert.Equal(3, fold.ScoredHoldOutSet.GetColumn<float[]>("Score").First().Length);
            Assert.InRange(fold.Metrics.MicroAccuracy, 0, 1);
            ((IDisposable)fold.Model).Dispose();
        });
    }

    /// <summary>The second process is the other test program: it has no TorchSharp, and its explicit test predicts what the file says.</summary>
    [Fact]
    public async Task Save_LoadedWithoutTorchSharp_PredictsTheSame()
    {
        IDataView photos = _ml.Data.LoadFromEnumerable(Photos);
        using var model = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.MulticlassClassification.Trainers.ResNeXt(Quick))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(photos);
        string zip = shapes.NewPath(".zip");
        _ml.Model.Save(model, photos.Schema, zip);
        using PredictionEngine<LabeledImage, Prediction> engine = _ml.Model.CreatePredictionEngine<LabeledImage, Prediction>(model);
        await File.WriteAllLinesAsync(zip + ".paths", Photos.Select(photo => photo.ImagePath), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            zip + ".expected",
            Photos.Select(photo => engine.Predict(photo)).Select(row => $"{row.PredictedLabel} {string.Join(' ', row.Score)}"),
            TestContext.Current.CancellationToken);

        string program = AppContext.BaseDirectory.Replace("ResNeXt.Training.Tests", "ResNeXt.MLNet.Tests", StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(program, "*orch*", SearchOption.AllDirectories));
        const string Test = "ResNeXt.MLNet.Tests.TransformerFileTests.Explicit_LoadedHere_PredictsWhatTheFileSays";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(program, "ResNeXt.MLNet.Tests.dll"), "-explicit", "only", "-method", Test])
        {
            RedirectStandardOutput = true,
            Environment = { ["RESNEXT_TEST_ZIP"] = zip },
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("Total: 1,", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_CancelledAndResumed_GoesOn()
    {
        using var stop = new CancellationTokenSource();
        var told = new Told { After = stop.Cancel };
        ResNeXtTrainerOptions options = Quick with { Epochs = 2, OutputFolder = shapes.NewPath(), Progress = told, Cancellation = stop.Token };

        Assert.ThrowsAny<OperationCanceledException>(() => _ml.MulticlassClassification.Trainers.ResNeXt(options).Fit(Keyed(Photos)));
        Assert.Contains("holds a training run already", Assert.Throws<IOException>(
            () => _ml.MulticlassClassification.Trainers.ResNeXt(options with { Cancellation = default }).Fit(Keyed(Photos))).Message, StringComparison.Ordinal);
        told.After = () => { };
        using ResNeXtTransformer transformer = _ml.MulticlassClassification.Trainers.ResNeXt(options with { Cancellation = default, Resume = true }).Fit(Keyed(Photos));

        Assert.Equal([1, 2], told.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal(2, transformer.Training!.Epochs);
    }

    [Fact]
    public void Fit_KeysOfNumbers_AreTheirText()
    {
        IDataView numbers = _ml.Data.LoadFromEnumerable(Photos.Select(photo => new { photo.ImagePath, Label = photo.Label == "disc" ? 7 : -3 }));
        IDataView keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(numbers).Transform(numbers);

        using ResNeXtTransformer transformer = _ml.MulticlassClassification.Trainers.ResNeXt(Quick).Fit(keyed);

        Assert.Equal(["-3", "7"], transformer.Metadata.Labels);
        Assert.NotNull(transformer.Transform(keyed));
    }

    [Fact]
    public void GetOutputSchemaFit_BadColumns_NameThemAndWhatIsExpected()
    {
        const string Key = "expected a key of text, numbers or truth values, as MapValueToKey makes it";
        IDataView text = _ml.Data.LoadFromEnumerable(Photos), numbers = _ml.Data.LoadFromEnumerable([new NumberRow()]);
        IDataView times = _ml.Data.LoadFromEnumerable([new { ImagePath = "", Label = DateTime.UnixEpoch }]);
        IDataView timeKeys = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(times).Transform(times);

        Assert.Equal("Label column 'Class' is missing: the data has 'ImagePath', 'Label'.", Refused(Quick with { LabelColumnName = "Class" }, text, inSchema: true));
        Assert.Equal($"Label column 'Label' is of type String: {Key}.", Refused(Quick, text));
        Assert.Contains(Key, Assert.Throws<ArgumentException>(
            () => _ml.MulticlassClassification.Trainers.ResNeXt(Quick).GetOutputSchema(EstimatorContract.Shape(text.Schema))).Message, StringComparison.Ordinal);
        Assert.Contains($"of DateTime: {Key}", Refused(Quick, timeKeys), StringComparison.Ordinal);
        Assert.Contains($"without names: {Key}", Refused(Quick with { LabelColumnName = "Nameless" }, numbers), StringComparison.Ordinal);
        Assert.Contains("Image column 'Photo' is missing", Refused(Quick with { InputColumnName = "Photo" }, Keyed(Photos), inSchema: true), StringComparison.Ordinal);

        string Refused(ResNeXtTrainerOptions options, IDataView data, bool inSchema = false)
        {
            ResNeXtTrainer trainer = _ml.MulticlassClassification.Trainers.ResNeXt(options);
            string message = Assert.Throws<ArgumentException>(() => trainer.Fit(data)).Message;
            if (inSchema)
            {
                Assert.Equal(message, Assert.Throws<ArgumentException>(() => trainer.GetOutputSchema(EstimatorContract.Shape(data.Schema))).Message);
            }

            return message;
        }
    }

    [Fact]
    public void Fit_BadRows_SaysWhatIsWrongWithThem()
    {
        List<LabeledImage> discs = [.. Photos.Where(photo => photo.Label == "disc")];
        IDataView odd = Keyed([.. Photos, new LabeledImage { ImagePath = Photos[0].ImagePath, Label = "odd" }]);

        Assert.Equal("The data has no rows: expected images with labels.", Refused(_ml.Data.FilterRowsByMissingValues(Keyed([Unlabelled()]), "Label")));
        Assert.Equal("All 2 rows have a missing label in column 'Label': expected rows with a label.", Refused(Keyed([Unlabelled(), Unlabelled()])));
        Assert.Contains("of 1 class ('disc'): expected at least two", Refused(Keyed(discs)), StringComparison.Ordinal);
        Assert.Contains("is of class 'odd', which is not known: expected one of 'disc', 'stripes'", Refused(Keyed(Photos), Quick with { ValidationSet = odd }), StringComparison.Ordinal);
        Assert.Equal("Row 0, column 'ImagePath': the path is empty; expected an image.", Refused(Keyed([new LabeledImage { ImagePath = " ", Label = "disc" }])));
        Assert.Equal("Row 0, column 'Bytes': there are no bytes; expected an image.", Refused(Keyed([new PhotoRow { Label = "disc" }]), Quick with { InputColumnName = "Bytes" }));
        Assert.Equal("Row 0, column 'Image': the MLImage is null; expected an image.", Refused(Keyed([new PhotoRow { Label = "disc" }]), Quick with { InputColumnName = "Image" }));
        Assert.Contains("row 1.image' is not an image", Refused(
            Keyed([.. Enumerable.Range(0, 4).Select(i => new PhotoRow { Label = $"{i % 2}", Bytes = i == 1 ? [1, 2, 3] : File.ReadAllBytes(Photos[0].ImagePath) })]),
            Quick with { InputColumnName = "Bytes" }), StringComparison.Ordinal);

        string Refused(IDataView data, ResNeXtTrainerOptions? options = null) =>
            Assert.Throws<InvalidDataException>(() => _ml.MulticlassClassification.Trainers.ResNeXt(options ?? Quick).Fit(data)).Message;
    }

    [Fact]
    public void Catalog_BadOptions_NameTheValue()
    {
        Assert.Contains("'resnext50'", Refused(Quick with { Architecture = "resnext50" }), StringComparison.Ordinal);
        Assert.Contains("ValidationFraction is 1", Refused(Quick with { ValidationFraction = 1 }), StringComparison.Ordinal);
        Assert.Contains("LabelColumnName is empty", Refused(Quick with { LabelColumnName = "" }), StringComparison.Ordinal);
        Assert.Contains("another name than ScoreColumnName", Refused(Quick with { PredictedLabelColumnName = "Score" }), StringComparison.Ordinal);
        Assert.Contains("Resume is True: expected an OutputFolder", Refused(Quick with { Resume = true }), StringComparison.Ordinal);
        Assert.Contains("Epochs is 0", Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.ResNeXt(epochs: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("gone.pth", Assert.Throws<FileNotFoundException>(
            () => _ml.MulticlassClassification.Trainers.ResNeXt(weights: "gone.pth").Fit(Keyed(Photos))).Message, StringComparison.Ordinal);

        string Refused(ResNeXtTrainerOptions options) => Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.ResNeXt(options)).Message;
    }

    private LabeledImage Unlabelled() => new() { ImagePath = Photos[0].ImagePath, Label = "" };

    private IDataView Keyed<TRow>(List<TRow> rows)
        where TRow : class
    {
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);
    }

    private sealed class Told : IProgress<EpochMetrics>
    {
        public List<EpochMetrics> Epochs { get; } = [];

        public Action After { get; set; } = () => { };

        public void Report(EpochMetrics value)
        {
            Epochs.Add(value);
            After();
        }
    }

    private sealed class PhotoRow
    {
        public string ImagePath { get; set; } = "";

        public string Label { get; set; } = "";

        public byte[] Bytes { get; set; } = [];

        [Microsoft.ML.Transforms.Image.ImageType(64, 64)]
        public MLImage? Image { get; set; }
    }

    private sealed class NumberRow
    {
        public string ImagePath { get; set; } = "";

        public int Label { get; set; }

        [KeyType(10)]
        public uint Nameless { get; set; }
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];

        public string PredictedLabel { get; set; } = "";
    }
}
