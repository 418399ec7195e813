using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext weights</c>: what was published, and how to get it.</summary>
internal static class WeightsCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string?> cache = CommandOptions.Text("--cache", "DIR", "The folder to keep weights in (default: RESNEXT_CACHE, else one of the user's).");
        cache.Recursive = true;
        var list = new Verb("list", "List published weights.", "weights list");
        list.SetAction(parse => List(context, parse, WeightsCache.Open(parse.GetValue(cache))));

        var name = new Argument<string>("NAME") { Description = "Name of published weights, timm's or torchvision's, or of an architecture." };
        name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() != EmbeddedWeights.Name && PublishedWeights.Find(result.GetValueOrDefault<string>()) is null)
            {
                result.AddError(PublishedWeights.Unknown(result.GetValueOrDefault<string>()));
            }
        });
        Option<string?> precision = CommandOptions.OneOf("--precision", ResNeXtMetadata.PrecisionNames, "Precision of the model; int8 needs --calibration, and opens as NAME.int8 (default fp32).");
        Option<string?> calibration = CommandOptions.Text("--calibration", "DIR", "Typical images, for int8: they set the ranges of activations.");
        var pull = new Verb("pull", "Fetch published weights into the cache and make a model of them that opens by name, unless they are there.", "weights pull resnext50_32x4d.tv2_in1k") { name, precision, calibration };
        pull.SetAction(async (parse, _) =>
        {
            ExportOptions options = UsageException.Guard(() => new ExportOptions
            {
                Precision = (ModelPrecision)Array.IndexOf(ResNeXtMetadata.PrecisionNames, parse.GetValue(precision) ?? ResNeXtMetadata.PrecisionNames[0]),
                Calibration = GraphArguments.CalibrationImages(parse.GetValue(calibration)),
            }.Validated());
            var folder = WeightsCache.Open(parse.GetValue(cache));
            if (parse.GetRequiredValue(name) == EmbeddedWeights.Name)
            {
                return Embedded(context, parse, folder);
            }

            using HttpClient client = DownloadOptions.NewClient();
            return await PullAsync(context, parse, folder, PublishedWeights.Find(parse.GetRequiredValue(name))!, client, options);
        });

        return new Verb("weights", "List published weights, fetch them, and make models of them.") { cache, list, pull };
    }

    private static int List(CommandContext context, ParseResult parse, WeightsCache cache)
    {
        context.Print(
            parse,
            new
            {
                Cache = cache.Folder,
                Embedded = EmbeddedWeights.Name,
                Weights = PublishedWeights.All.Select(weights => new
                {
                    weights.Name,
                    weights.TorchvisionName,
                    weights.Architecture,
                    weights.Parameters,
                    weights.Top1,
                    weights.Top5,
                    weights.License,
                    weights.NonCommercial,
                    Sha256 = weights.Sha256Prefix,
                    weights.Url,
                    weights.ApproximateBytes,
                    weights.Preprocessing.ImageSize,
                    weights.Preprocessing.ResizeSize,
                    Interpolation = weights.Preprocessing.Interpolation == ImageInterpolation.Bicubic ? "bicubic" : "bilinear",
                    Path = CachedPath(weights),
                    Model = Ready(weights, ModelPrecision.Float32) ? ReadyModel.PathOf(cache, weights) : null,
                    Ready = Precisions(weights),
                }),
            },
            [
                $"{"name",-42} {"parameters",11} {"top-1",6} {"size",8} {"input",5}  {"license",-12}  {"cached",-6}  ready",
                .. PublishedWeights.All.Select(weights => FormattableString.Invariant(
                    $"{weights.Name,-42} {weights.Parameters,11:N0} {weights.Top1,6:F2} {weights.ApproximateBytes / 1e6,5:F0} MB {weights.Preprocessing.ImageSize,5}  {weights.License,-12}  {(CachedPath(weights) is null ? "" : "yes"),-6}  {string.Join(' ', Precisions(weights))}").TrimEnd()),
                $"{EmbeddedWeights.Name} is inside this package and needs no pull: --weights takes it.",
            ]);
        return 0;

        string? CachedPath(PublishedWeights weights) => File.Exists(cache.PathOf(weights)) ? cache.PathOf(weights) : null;

        bool Ready(PublishedWeights weights, ModelPrecision precision) => File.Exists(ReadyModel.PathOf(cache, weights, precision));

        string[] Precisions(PublishedWeights weights) =>
            [.. Enum.GetValues<ModelPrecision>().Where(precision => Ready(weights, precision)).Select(precision => ResNeXtMetadata.PrecisionNames[(int)precision])];
    }

    private static int Embedded(CommandContext context, ParseResult parse, WeightsCache cache)
    {
        string path = EmbeddedWeights.Unpack(cache.Folder);
        CommandContext.Log($"'{EmbeddedWeights.Name}' is inside this package and needs no pull: --weights takes it by its name, and FeaturizeImages uses it where no model is named.");
        context.Print(parse, new { EmbeddedWeights.Name, Path = path, Sha256 = FileDigest.Of(path), License = "MIT", NonCommercial = false }, [path]);
        return 0;
    }

    internal static async Task<int> PullAsync(CommandContext context, ParseResult parse, WeightsCache cache, PublishedWeights weights, HttpClient client, ExportOptions options)
    {
        if (weights.NonCommercial)
        {
            CommandContext.Log($"'{weights.Name}' is for non-commercial use only ({weights.License}).");
        }

        (string path, string sha256) = await DownloadDisplay.ShowAsync(weights.Name, (log, progress) =>
            cache.PullAsync(weights, new DownloadOptions { Client = client, Log = log, Progress = progress }, context.Cancellation));
        string model = ReadyModel.Make(cache, weights, sha256, options, CommandContext.Log, context.Cancellation);
        context.Print(
            parse,
            new { weights.Name, Path = path, Model = model, Sha256 = sha256, weights.License, weights.NonCommercial, weights.Architecture, weights.Url },
            [path, model]);
        return 0;
    }
}
