using System.Globalization;
using System.Xml.Linq;

namespace ResNeXt.Training;

/// <summary>Small square photos in rows, as one drawing.</summary>
internal static class Gallery
{
    private const int Gap = 8;
    private const int Caption = 18;
    private const int LongestCaption = 19;
    private static readonly ImagePreprocessing Square = new() { ImageSize = Thumbnail.Edge, ResizeSize = Thumbnail.Edge };

    public static Figure Of(IReadOnlyList<(string Address, string Caption)> pictures, int columns)
    {
        columns = Math.Max(1, Math.Min(columns, pictures.Count));
        int rows = (pictures.Count + columns - 1) / columns, step = Thumbnail.Edge + Gap, height = step + Caption;
        return Figure.Drawing(Svg.Drawing((columns * step) + Gap, (rows * height) + Gap, pictures.SelectMany((picture, i) =>
        {
            int left = Gap + (i % columns * step), top = Gap + (i / columns * height);
            return new[]
            {
                Svg.Element("image", ("href", picture.Address), ("x", left), ("y", top), ("width", Thumbnail.Edge), ("height", Thumbnail.Edge)),
                Svg.Text(Short(picture.Caption), left, top + Thumbnail.Edge + 14, 11),
            };
        })));
    }

    public static string Photo(string path)
    {
        byte[] pixels = new byte[Square.ByteCount];
        using RgbImage image = ImageDecoder.DecodeFile(path, Square.Decoding());
        new ImagePreprocessor(Square).Process(image, pixels);
        return Thumbnail.Of(pixels, Square.ImageSize);
    }

    /// <summary>The square that the network sees, and the same with the places coloured that speak for its answer.</summary>
    public static IEnumerable<(string Address, string Caption)> WithHeatMap(ResNeXtPredictor predictor, string path, string caption)
    {
        ImagePreprocessing preprocessing = predictor.Metadata.Preprocessing;
        byte[] encoded = RegularFile.ReadAllBytes(path), pixels = new byte[preprocessing.ByteCount];
        using RgbImage image = ImageDecoder.Decode(encoded, path, preprocessing.Decoding());
        new ImagePreprocessor(preprocessing).Process(image, pixels);
        int size = preprocessing.ImageSize;
        yield return (Thumbnail.Of(pixels, size), caption);

        HeatMap map = predictor.HeatMap(encoded);
        HeatOverlay.Apply(pixels, HeatOverlay.Enlarged(map.Values.Span, map.Edge, size));
        yield return (Thumbnail.Of(pixels, size), string.Create(CultureInfo.InvariantCulture, $"{map.Label} {predictor.Predict(encoded).Probability:P0}"));
    }

    private static string Short(string text) => text.Length <= LongestCaption ? text : text[..(LongestCaption - 1)] + "…";
}
