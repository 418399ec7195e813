using System.CommandLine;
using System.CommandLine.Parsing;

namespace ResNeXt.Training;

/// <summary>The options of a verb that change how images become the network's input.</summary>
internal sealed class PreprocessingArguments
{
    private readonly Option<int?> _imageSize = CommandOptions.Integer("--image-size", "N", "Edge of the network's input in pixels.");
    private readonly Option<int?> _resize = CommandOptions.Integer("--resize", "N", "Length that the shorter side is resized to, in pixels.");
    private readonly Option<string?> _fit = CommandOptions.OneOf("--fit", ["shorter", "both"], "Whether the shorter side is resized to that length, or both (squeezed into a square).");
    private readonly Option<string?> _interpolation = CommandOptions.OneOf("--interpolation", ["bilinear", "bicubic"], "The resize filter.");
    private readonly Option<string?> _orientation = CommandOptions.OneOf("--orientation", ["apply", "ignore"], "Whether photos are turned upright by their EXIF orientation.");

    private readonly Option<float[]?> _mean = CommandOptions.Colors("--mean", "Mean of red, green and blue, on the scale 0 to 1.");
    private readonly Option<float[]?> _std = CommandOptions.Colors("--std", "Their standard deviation.");

    private Option[] All => [_imageSize, _resize, _fit, _interpolation, _orientation, _mean, _std];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The first of them that was given, or null.</summary>
    public string? Given(CommandResult result) => result.FirstGiven(All);

    /// <summary>The preprocessing with what was asked for in place of its own.</summary>
    /// <exception cref="UsageException">A value is out of its range.</exception>
    public ImagePreprocessing Apply(ParseResult parse, ImagePreprocessing preprocessing)
    {
        preprocessing = preprocessing.Scaled(parse.GetValue(_imageSize) ?? preprocessing.ImageSize);
        return UsageException.Guard(() => (preprocessing with
        {
            ResizeSize = parse.GetValue(_resize) ?? preprocessing.ResizeSize,
            Fit = parse.GetValue(_fit) switch
            {
                "both" => ImageFit.BothSides,
                "shorter" => ImageFit.ShorterSide,
                _ => preprocessing.Fit,
            },
            Interpolation = parse.GetValue(_interpolation) switch
            {
                "bicubic" => ImageInterpolation.Bicubic,
                "bilinear" => ImageInterpolation.Bilinear,
                _ => preprocessing.Interpolation,
            },
            Mean = CommandOptions.Numbers(parse, _mean) ?? preprocessing.Mean,
            StandardDeviation = CommandOptions.Numbers(parse, _std) ?? preprocessing.StandardDeviation,
            Orientation = parse.GetValue(_orientation) switch
            {
                "apply" => ImageOrientation.Apply,
                "ignore" => ImageOrientation.Ignore,
                _ => preprocessing.Orientation,
            },
        }).Validated());
    }
}
