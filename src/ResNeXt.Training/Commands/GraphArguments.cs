using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ResNeXt.Training;

/// <summary>The options of a verb that say in which form a network is exported.</summary>
internal sealed class GraphArguments
{
    private static readonly Dictionary<string, CalibrationMethod> Methods = new()
    {
        ["auto"] = CalibrationMethod.Auto,
        ["minmax"] = CalibrationMethod.MinMax,
        ["percentile"] = CalibrationMethod.Percentile,
        ["entropy"] = CalibrationMethod.Entropy,
        ["mse"] = CalibrationMethod.Mse,
    };

    private readonly Option<bool> _stages = new("--stages") { Description = "Also give out the feature maps of the stages, c2, c3, ..." };
    private readonly Option<bool> _activationMaps = new("--activation-maps") { Description = "Also give out where each class is seen, cam: heat maps of ResNeXtPredictor." };
    private readonly Option<string?> _mergeGroups = CommandOptions.Text("--merge-groups", "auto|none|N", "Channels that groups are merged to: the same function, faster (default auto: 16, and 32 with int8).");
    private readonly Option<string?> _precision = CommandOptions.OneOf("--precision", ResNeXtMetadata.PrecisionNames, "Precision of the weights; int8 needs --calibration (default fp32).");
    private readonly Option<string?> _calibration = CommandOptions.Text("--calibration", "DIR", "Typical images of all classes, for int8: they set the ranges of activations.");
    private readonly Option<int?> _images = CommandOptions.Integer("--calibration-images", "N", $"How many of them are used (default {QuantizationOptions.DefaultImages}, or all where there are fewer).");
    private readonly Option<string?> _method = CommandOptions.OneOf("--calibration-method", [.. Methods.Keys], "How the ranges are chosen (default auto: the one nearest to the float model).");
    private readonly Option<int?> _weightBits = CommandOptions.Integer("--weight-bits", "7|8", "Bits of an int8 weight; 8 only where every machine that runs the model has VNNI (default 7).");
    private readonly Option<string[]> _keepFloat = new("--keep-fp32") { HelpName = "NODE...", Description = "Nodes that stay in fp32, by the names of the int8 report.", AllowMultipleArgumentsPerToken = true };

    public GraphArguments() => _mergeGroups.Validators.Add(result =>
    {
        string? text = result.GetValueOrDefault<string?>();
        if (text is not (null or "auto" or "none") && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            result.AddError($"--merge-groups is '{text}': expected auto, none or a number of channels.");
        }
    });

    private Option[] All => [_stages, _activationMaps, _mergeGroups, _precision, _calibration, _images, _method, _weightBits, _keepFloat];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The first of them that was given, or null: a file of weights has no use for them.</summary>
    public string? Given(CommandResult result) => result.FirstGiven(All);

    /// <exception cref="UsageException">Values are out of their range or do not go together.</exception>
    public ExportOptions Read(ParseResult parse)
    {
        string precision = parse.GetValue(_precision) ?? ResNeXtMetadata.PrecisionNames[0];
        parse.CommandResult.RequireUse(precision == "int8", "--precision int8", _images, _method, _weightBits, _keepFloat);
        return UsageException.Guard(() => new ExportOptions
        {
            Stages = parse.GetValue(_stages),
            ActivationMaps = parse.GetValue(_activationMaps),
            MergeGroups = parse.GetValue(_mergeGroups) switch
            {
                null or "auto" => null,
                "none" => 1,
                string number => int.Parse(number, CultureInfo.InvariantCulture),
            },
            Precision = (ModelPrecision)Array.IndexOf(ResNeXtMetadata.PrecisionNames, precision),
            Calibration = CalibrationImages(parse.GetValue(_calibration)),
            Quantization = new QuantizationOptions
            {
                Images = parse.GetValue(_images),
                Method = Methods[parse.GetValue(_method) ?? "auto"],
                WeightBits = parse.GetValue(_weightBits) ?? new QuantizationOptions().WeightBits,
                KeepFloat = parse.GetValue(_keepFloat) ?? [],
            },
        }.Validated());
    }

    /// <summary>The images of a folder, if one is given; what is passed over there is logged.</summary>
    public static IReadOnlyList<string>? CalibrationImages(string? directory)
    {
        if (directory is null)
        {
            return null;
        }

        var files = new FileTally();
        IReadOnlyList<string> images = files.Files(directory);
        files.Report(CommandContext.Log, strict: false);
        return images;
    }
}
