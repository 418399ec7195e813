namespace ResNeXt.Training;

/// <summary>How a photo becomes a teacher's input.</summary>
/// <param name="Preprocessing">Which square of it, and what is subtracted and divided by.</param>
/// <param name="InGraph">Whether the graph itself does the latter, on 0 to 255: a model of ours.</param>
/// <param name="Order">The order of the colours.</param>
/// <param name="Views">Which squares are averaged.</param>
internal sealed record TeacherPreparation(ImagePreprocessing Preprocessing, bool InGraph, ChannelOrder Order, ImageViews Views)
{
    /// <summary>What the file says, or else the options.</summary>
    /// <exception cref="InvalidDataException">They contradict each other.</exception>
    public static TeacherPreparation Of(TrainRecipe options, TeacherGraph graph)
    {
        if (graph.Metadata is ResNeXtMetadata metadata)
        {
            string? idle = options.TeacherImageSize is not null ? "TeacherImageSize (--teacher-image-size)"
                : options.TeacherMean is not null ? "TeacherMean (--teacher-mean)"
                : options.TeacherStd is not null ? "TeacherStd (--teacher-std)"
                : options.TeacherChannelOrder != ChannelOrder.Rgb ? "TeacherChannelOrder (--teacher-channel-order)"
                : null;
            return idle is null
                ? new TeacherPreparation(metadata.Preprocessing, true, ChannelOrder.Rgb, options.TeacherViews)
                : throw new InvalidDataException($"{idle} is given, and teacher '{graph.Path}' says itself how a photo is prepared: leave it out.");
        }

        if (graph.ImageSize is int fixedSize && options.TeacherImageSize is int asked && asked != fixedSize)
        {
            throw new InvalidDataException(FormattableString.Invariant($"TeacherImageSize (--teacher-image-size) is {asked}, and teacher '{graph.Path}' takes {fixedSize} pixels: leave it out."));
        }

        var defaults = new ImagePreprocessing();
        int size = options.TeacherImageSize ?? graph.ImageSize ?? defaults.ImageSize;
        ImagePreprocessing whole = defaults with
        {
            ImageSize = size,
            ResizeSize = size,
            Fit = ImageFit.BothSides,
            Mean = options.TeacherMean ?? defaults.Mean,
            StandardDeviation = options.TeacherStd ?? defaults.StandardDeviation,
        };
        return new TeacherPreparation(whole.Validated(), false, options.TeacherChannelOrder, options.TeacherViews);
    }

    /// <summary>All of it, for comparisons.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Preprocessing.ImageSize} of {Preprocessing.ResizeSize} pixels, {Preprocessing.Fit}, {Preprocessing.Interpolation}, {Preprocessing.Orientation}, mean {Text(Preprocessing.Mean)}, std {Text(Preprocessing.StandardDeviation)}, {Order}, {Views}");

    private static string Text(IReadOnlyList<float> values) => string.Join(' ', values.Select(value => FormattableString.Invariant($"{value}")));
}
