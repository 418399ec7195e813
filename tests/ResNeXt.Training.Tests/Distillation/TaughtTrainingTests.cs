using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary>Runs with a teacher.</summary>
public sealed class TaughtTrainingTests(Shapes shapes, TrainedModel trained)
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Maps of a network of another kind, everything on; six channels teach as fast as hundreds with a small weight.</summary>
    private TrainOptions Taught => shapes.Tiny(shapes.NewPath()) with
    {
        Architecture = "resnext11_2x4d_cifar",
        ImageSize = 16,
        Teacher = TeacherFiles.Write(shapes.NewPath(".onnx")),
        TeacherOutput = TeacherFiles.Map,
        DistillFeatures = 0.1,
        DistillMaps = 0.05,
        LearningRate = 0.01,
        ModelEma = true,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_ResumedWithADamagedBlock_IsTheSameAsUninterrupted(bool amp)
    {
        TrainOptions options = Taught with { Amp = amp };
        var whole = new Trainer(options).Run();
        string folder = shapes.NewPath();
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(options with { Out = folder }, state =>
        {
            if (state is { Epoch: 2, Step: 2 })
            {
                stop.Cancel();
            }
        }).Run(stop.Token));
        string outputs = Path.Combine(folder, "teacher", "outputs.f16");
        byte[] bytes = File.ReadAllBytes(outputs);
        File.WriteAllBytes(outputs, [.. bytes[..100], (byte)(bytes[100] ^ 4), .. bytes[101..]]);
        List<string> log = [];

        TrainResult resumed = new Trainer(options with { Out = folder, Resume = true }, log: log.Add).Run();

        Assert.Contains("Block 0 of the teacher's outputs", Assert.Single(log, line => line.StartsWith("warning", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(outputs));
        Assert.Equal(SavedRun.Of(Last(whole)), SavedRun.Of(Last(resumed)));
        Assert.Equal(SavedRun.Of(whole.Checkpoint), SavedRun.Of(resumed.Checkpoint));
        Assert.Equal(whole.ValFeatureError, resumed.ValFeatureError);
        using var last = new SafeTensorsFile(Last(whole));
        using var best = new SafeTensorsFile(whole.Checkpoint);
        Assert.Equal([6, 1024], last.Shape("teacher.weight"));
        Assert.DoesNotContain(best.Names, name => name.Contains("teacher", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_ManyEpochs_ComesCloserToTheTeacher()
    {
        List<double> errors = [];
        new Trainer(
            Taught with { Epochs = 6, ModelEma = false, CropScale = 0.8 },
            state => errors.AddRange(state.Metrics?.ValFeatureError is double error ? [error] : [])).Run();

        Assert.Equal(6, errors.Count);
        Assert.True(errors[^1] < 0.8 * errors[0], string.Join(' ', errors));
    }

    [Fact]
    public void Run_ResumedWithAnotherTeacher_NamesIt()
    {
        TrainOptions options = Taught with { Epochs = 1 };
        new Trainer(options).Run();

        Assert.Contains("trained with teacher ", Refused(options with { Teacher = TeacherFiles.Write(shapes.NewPath(".onnx"), scale: 2) }), StringComparison.Ordinal);
        Assert.Contains("values of the teacher inner_map, now it is vector", Refused(options with { TeacherOutput = TeacherFiles.Vector, DistillMaps = 0 }), StringComparison.Ordinal);
        Assert.Contains("weight of the teacher's maps 0.05, now it is 2", Refused(options with { DistillMaps = 2 }), StringComparison.Ordinal);
        Assert.Contains("preparation of the teacher's photos", Refused(options with { TeacherMean = [0, 0, 0] }), StringComparison.Ordinal);

        static string Refused(TrainOptions options) => Assert.Throws<InvalidDataException>(() => new Trainer(options with { Resume = true }).Run()).Message;
    }

    /// <summary>Another seed splits and orders the photos otherwise: the outputs are the same.</summary>
    [Fact]
    public void Run_WithACacheOfAnotherRun_AsksNothing()
    {
        string cache = shapes.NewPath();
        TrainOptions options = Taught with { Epochs = 1, TeacherCache = cache };
        new Trainer(options).Run();
        List<string> log = [];

        new Trainer(options with { Out = shapes.NewPath(), Seed = 7, ValSplit = 0.5 }, log: log.Add).Run();

        Assert.Contains("teacher: 48 photos x 6 x 4 x 4, 0.0 MB", Assert.Single(log), StringComparison.Ordinal);
        Assert.EndsWith("all there", log[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfOurs_LearnsClassesFromTheTeacherAlone()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Teacher = trained.Result.Model, LabelWeight = 0, DistillLogits = 1, DistillFeatures = 0, Epochs = 4, LearningRate = 0.05 };

        TrainResult result = new Trainer(options).Run();

        Assert.Equal(["disc", "stripes"], Checkpoint.ReadInfo(result.Checkpoint).Labels);
        Assert.Null(result.ValFeatureError);
        IReadOnlyDictionary<string, string> settings = Checkpoint.ReadInfo(result.Checkpoint).Settings;
        Assert.Equal(("logits", "0", "4"), (settings["values of the teacher"], settings["weight of the labels"], settings["temperature of the teacher's logits"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_WithoutLabels_MakesAFeaturizer(bool labelled)
    {
        TrainOptions options = Taught with { LabelWeight = labelled ? 0 : null };
        options = labelled ? options : options with { Data = [.. shapes.Images.Select(image => new LabeledImage { ImagePath = image.ImagePath, Label = "" })] };
        List<EpochMetrics> epochs = [];

        TrainResult result = new Trainer(options with { Report = true }, state => epochs.AddRange(state.Metrics is null ? [] : [state.Metrics])).Run();

        Assert.Equal(epochs.MinBy(epoch => epoch.ValFeatureError)!.Epoch, result.BestEpoch);
        Assert.Equal((epochs.Min(epoch => epoch.ValFeatureError), 0.0, (string?)null), (result.ValFeatureError, result.ValTop1, result.Report));
        Assert.All(epochs, epoch => Assert.DoesNotContain("top-1", epoch.ToString(), StringComparison.Ordinal));
        IDataView photos = _ml.Data.LoadFromEnumerable(shapes.Images);
        using ResNeXtTransformer featurizer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", result.Model, device: ExecutionDevice.Cpu).Fit(photos);
        Assert.True(featurizer.Metadata.IsFeaturizer);
        float[][] features = [.. featurizer.Transform(photos).GetColumn<float[]>("Features")];
        Assert.Equal(48, features.Length);
        Assert.All(features, row => Assert.True(row.Length == 1024 && row.Any(value => value > 0)));
        string message = Assert.Throws<InvalidDataException>(() => _ml.Transforms.ClassifyImages("ImagePath", result.Model, device: ExecutionDevice.Cpu).Fit(photos)).Message;
        Assert.Contains("is a featurizer", message, StringComparison.Ordinal);
        Assert.Equal(2, Checkpoint.ReadInfo(new Trainer(shapes.Tiny(shapes.NewPath()) with { Architecture = null, ImageSize = null, Weights = result.Checkpoint, Epochs = 1 }).Run().Checkpoint).Labels.Count);
    }

    [Fact]
    public void Fit_WithATeacher_LearnsFromIt()
    {
        var told = new List<EpochMetrics>();
        ResNeXtTrainerOptions options = new()
        {
            Architecture = "resnext11_2x4d_cifar",
            ImageSize = 16,
            Epochs = 2,
            BatchSize = 12,
            Teacher = TeacherFiles.Write(shapes.NewPath(".onnx")),
            TeacherOutput = TeacherFiles.Vector,
            DistillFeatures = 0.1,
            LearningRate = 0.01,
            Device = ExecutionDevice.Cpu,
            InputColumnName = "Bytes",
            OutputFolder = shapes.NewPath(),
            Progress = new Told(told.Add),
        };
        IDataView rows = _ml.Data.LoadFromEnumerable(shapes.Images.Select(image => new Row { Label = image.Label, Bytes = File.ReadAllBytes(image.ImagePath) }));
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);

        using ResNeXtTransformer transformer = _ml.MulticlassClassification.Trainers.ResNeXt(options).Fit(data);
        using ResNeXtTransformer resumed = _ml.MulticlassClassification.Trainers.ResNeXt(options with { Resume = true }).Fit(data);

        Assert.Equal(48, transformer.Transform(data).GetColumn<float[]>("Score").Count());
        Assert.Equal([1, 2], told.Select(epoch => epoch.Epoch));
        Assert.All(told, epoch => Assert.True(epoch.ValFeatureError > 0));
        Assert.True(File.Exists(Path.Combine(options.OutputFolder, "teacher", "outputs.f16")));
        Assert.Contains("LabelWeight is 0", Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.Trainers.ResNeXt(options with { LabelWeight = 0 })).Message, StringComparison.Ordinal);
    }

    private static string Last(TrainResult result) => Path.Combine(Path.GetDirectoryName(result.Model)!, "last.safetensors");

    private sealed class Row
    {
        public string Label { get; set; } = "";

        public byte[] Bytes { get; set; } = [];
    }

    private sealed class Told(Action<EpochMetrics> tell) : IProgress<EpochMetrics>
    {
        public void Report(EpochMetrics value) => tell(value);
    }
}
