using System.CommandLine;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary>Weights of a small network, pulled from a server on this machine, and what opens by their name.</summary>
public sealed class ReadyModelTests : IDisposable
{
    private const string Name = "resnext11_2x4d_cifar.test";

    private readonly Shapes _shapes;
    private readonly HttpClient _client = LoopbackServer.NewClient();
    private readonly LoopbackServer _server;
    private readonly List<string> _log = [];
    private readonly string? _before = Environment.GetEnvironmentVariable("RESNEXT_CACHE");
    private readonly WeightsCache _cache;
    private readonly PublishedWeights _weights;
    private readonly string _sha256;

    public ReadyModelTests(Shapes shapes)
    {
        _shapes = shapes;
        _cache = new WeightsCache(shapes.NewPath());
        Environment.SetEnvironmentVariable("RESNEXT_CACHE", _cache.Folder);

        TorchLibrary.Load();
        TorchSharp.torch.manual_seed(1);
        string file = shapes.NewPath(".pth");
        var architecture = ResNeXtArchitecture.Parse("resnext11_2x4d_cifar");
        using (var module = new ResNeXtModule(architecture, ImageNetClasses.Names.Count))
        {
            Checkpoint.SavePth(file, module);
        }

        byte[] content = File.ReadAllBytes(file);
        _sha256 = FileDigest.Of(file);
        _server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, content));
        _weights = PublishedWeights.All[0] with
        {
            Name = Name,
            Url = $"{_server.Address}/test-{_sha256[..8]}.pth",
            Preprocessing = OnnxExporter.DefaultPreprocessing(architecture) with { ResizeSize = 40, Interpolation = ImageInterpolation.Bicubic },
        };
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("RESNEXT_CACHE", _before);
        _server.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task Pull_FromAServer_OpensByNameWithTheBitsOfAnExportByHand()
    {
        JsonElement pulled = await PullAsync(new ExportOptions());
        string model = Path.Combine(_cache.Folder, Name + ".onnx"), byHand = _shapes.NewPath(".onnx"), labels = _shapes.NewPath(".txt");
        Assert.Equal((model, _cache.PathOf(_weights)), (pulled.GetProperty("model").GetString(), pulled.GetProperty("path").GetString()));
        Assert.Equal((_sha256, "BSD-3-Clause"), (pulled.GetProperty("sha256").GetString(), pulled.GetProperty("license").GetString()));

        File.WriteAllLines(labels, ImageNetClasses.Names);
        CommandRun export = await CommandRun.StartAsync(
            "export", "--weights", _cache.PathOf(_weights), "--output", byHand, "--labels", labels, "--resize", "40", "--interpolation", "bicubic");
        Assert.Equal(0, export.ExitCode);
        Assert.Equal(Features(byHand), Features(Name));

        string photo = _shapes.Images[0].ImagePath;
        CommandRun predict = await CommandRun.StartAsync("predict", "--model", Name, "--top", "1", "--json", photo);
        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(Name);
        Assert.Equal(predictor.Predict(photo).Label, predict.Json.GetProperty("predictions")[0].GetProperty("labels")[0].GetProperty("label").GetString());
        Assert.Equal(ImageNetClasses.Names, predictor.Metadata.Labels);
    }

    [Fact]
    public async Task Pull_ThenSave_TheZipHoldsTheModel()
    {
        await PullAsync(new ExportOptions());
        var ml = new MLContext();
        IDataView photos = ml.Data.LoadFromEnumerable(_shapes.Images.Take(3));
        string zip = _shapes.NewPath(".zip");
        using ResNeXtTransformer classify = ml.Transforms.ClassifyImages("ImagePath", Name).Fit(photos);
        ml.Model.Save(classify, photos.Schema, zip);
        Directory.Delete(_cache.Folder, recursive: true);

        ITransformer loaded = new MLContext().Model.Load(zip, out _);

        Assert.Equal(classify.Transform(photos).GetColumn<float[]>("Score"), loaded.Transform(photos).GetColumn<float[]>("Score"));
    }

    [Fact]
    public async Task Pull_Int8_OpensByTheNameAndPrecision()
    {
        JsonElement pulled = await PullAsync(new ExportOptions { Precision = ModelPrecision.Int8, Calibration = ImageFolder.Files(_shapes.Folder) });

        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(Name + ".int8");

        Assert.Equal(ModelPrecision.Int8, predictor.Metadata.Precision);
        Assert.Equal(Path.Combine(_cache.Folder, Name + ".int8.onnx"), pulled.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Make_ModelIsThere_LeavesIt()
    {
        string model = await MakeAsync();
        Assert.Equal($"Making '{model}'.", Assert.Single(_log));
        File.SetLastWriteTimeUtc(model, DateTime.UnixEpoch);

        await MakeAsync();

        Assert.Equal((1, DateTime.UnixEpoch), (_log.Count, File.GetLastWriteTimeUtc(model)));
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("cut")]
    [InlineData("of other weights")]
    [InlineData("of nobody knows what")]
    public async Task Make_ModelThatIsNotTheWeights_IsMadeAnew(string state)
    {
        string model = await MakeAsync(), sums = model + ".sha256";
        byte[] whole = File.ReadAllBytes(model);
        switch (state)
        {
            case "damaged":
                byte[] damaged = [.. whole];
                damaged[whole.Length / 2] ^= 1; // amid the weights: ONNX Runtime would open it
                File.WriteAllBytes(model, damaged);
                break;
            case "cut":
                File.WriteAllBytes(model, whole[..^1]);
                break;
            case "of other weights":
                File.WriteAllText(sums, File.ReadAllText(sums).Replace(_sha256, new string('0', 64), StringComparison.Ordinal));
                break;
            default:
                File.Delete(sums);
                break;
        }

        await MakeAsync();

        Assert.Equal(whole, File.ReadAllBytes(model));
        Assert.Contains($"'{model}' is damaged, or was not made of these weights: it is made anew.", _log);
    }

    private async Task<JsonElement> PullAsync(ExportOptions options)
    {
        using var context = new CommandContext();
        ParseResult parse = CommandLine.Create(context).Parse(["weights", "pull", "resnext50_32x4d", "--json"]);
        TextWriter before = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            Assert.Equal(0, await WeightsCommand.PullAsync(context, parse, _cache, _weights, _client, options));
        }
        finally
        {
            Console.SetOut(before);
        }

        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    private async Task<string> MakeAsync()
    {
        (_, string sha256) = await _cache.PullAsync(_weights, new DownloadOptions { Client = _client, Log = _ => { }, Progress = (_, _) => { } }, default);
        return ReadyModel.Make(_cache, _weights, sha256, new ExportOptions(), _log.Add, default);
    }

    private float[][] Features(string model)
    {
        var ml = new MLContext();
        IDataView photos = ml.Data.LoadFromEnumerable(_shapes.Images.Take(5));
        using ResNeXtTransformer featurize = ml.Transforms.FeaturizeImages("Features", "ImagePath", model).Fit(photos);
        return [.. featurize.Transform(photos).GetColumn<float[]>("Features")];
    }
}
