namespace ResNeXt.MLNet;

/// <summary>Where in an image the network sees a class: Grad-CAM of the last stage (Selvaraju et al. 2017).</summary>
/// <remarks>
/// Behind a global average pool and one linear layer Grad-CAM is the class activation map of Zhou et al. 2016, without what speaks against
/// the class. It is as coarse as the last stage, a 32nd of the input's edge: enlarge it smoothly to lay it over the image.
/// Row and column i look around the i-th of <see cref="Edge"/> equal parts of the square at its upper left corner, not at its middle: convolutions of stride 2 do so.
/// </remarks>
public sealed class HeatMap
{
    private HeatMap(string label, int edge, float[] values) => (Label, Edge, Values) = (label, edge, values);

    /// <summary>The class.</summary>
    public string Label { get; }

    /// <summary>Rows of the map, and columns: 7 for 224 pixels.</summary>
    public int Edge { get; }

    /// <summary>How much each place speaks for the class, row by row: 0 to 1, where 1 is the strongest place. All 0 where nothing speaks for it.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>Left edge of the square that the network saw, as a share of the width of the upright image.</summary>
    public required double Left { get; init; }

    /// <summary>Top edge of the square, as a share of the height of the upright image.</summary>
    public required double Top { get; init; }

    /// <summary>Width of the square, as a share of the width of the upright image.</summary>
    public required double Width { get; init; }

    /// <summary>Height of the square, as a share of the height of the upright image.</summary>
    public required double Height { get; init; }

    /// <param name="metadata">The model's.</param>
    /// <param name="label">Index of the class.</param>
    /// <param name="maps">The model's activation maps of the image, <c>[classes, H, W]</c>.</param>
    /// <param name="image">Size of the upright image in pixels.</param>
    /// <exception cref="InvalidDataException">The maps are not square.</exception>
    internal static HeatMap Of(ResNeXtMetadata metadata, int label, ReadOnlySpan<float> maps, (int Width, int Height) image)
    {
        int places = maps.Length / metadata.Labels.Count, edge = (int)Math.Sqrt(places);
        if (edge * edge * metadata.Labels.Count != maps.Length)
        {
            throw new InvalidDataException($"The model gave {maps.Length} values as activation maps: expected a square for each of {metadata.Labels.Count} classes.");
        }

        float[] values = [.. maps.Slice(label * places, places).ToArray().Select(value => Math.Max(value, 0))];
        float strongest = values.Max();
        if (strongest > 0)
        {
            values = [.. values.Select(value => value / strongest)];
        }

        (int width, int height) = ImagePreprocessor.ResizedSize(metadata.Preprocessing, image.Width, image.Height);
        PixelRectangle seen = ImagePreprocessor.CenterCrop(metadata.Preprocessing, width, height);
        return new HeatMap(metadata.Labels[label], edge, values)
        {
            Left = (double)seen.X / width,
            Top = (double)seen.Y / height,
            Width = (double)seen.Width / width,
            Height = (double)seen.Height / height,
        };
    }
}
