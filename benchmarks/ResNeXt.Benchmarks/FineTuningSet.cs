using System.Globalization;
using ProductPhotos;
using Quickstart;
using ResNeXt.MLNet;
using ResNeXt.Training;
using SkiaSharp;

namespace ResNeXt.Benchmarks;

/// <summary>Photos to learn from and photos to judge by, both of a folder to learn from; what a set holds for its test is not opened.</summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Photos">All of them.</param>
internal sealed record FineTuningSet(string Name, IReadOnlyList<LabeledImage> Photos)
{
    private const string Parts = "parts", Toys = "toys";

    private const double HeldOut = 0.3;

    /// <summary>The same photos, whatever is tried on them.</summary>
    private const int DrawSeed = 1, DrawnPerClass = 60, ToyEdge = 128;

    /// <param name="text">A folder of class folders, or <c>parts</c> or <c>toys</c>, which are drawn; before it, by <c>@</c>, how many photos of each class are taken.</param>
    /// <param name="size">Edge of the largest input.</param>
    /// <param name="scratch">Receives the photos, small and ready to be read often.</param>
    public static FineTuningSet Parse(string text, int size, string scratch)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        int? perClass = at < 0 ? null : int.Parse(text.AsSpan(0, at), CultureInfo.InvariantCulture);
        string folder = text[(at + 1)..];
        if (folder is Parts or Toys && !Directory.Exists(folder))
        {
            folder = Drawn(folder, perClass ?? DrawnPerClass, Path.Combine(scratch, "drawn"));
        }

        LabeledImage[] photos =
        [
            .. ImageFolder.Enumerate(folder).GroupBy(photo => photo.Label).OrderBy(group => group.Key, StringComparer.Ordinal).SelectMany((group, i) =>
            {
                LabeledImage[] all = [.. group];
                new Random(Seed.Of(DrawSeed, i)).Shuffle(all);
                return all.Take(perClass ?? all.Length).OrderBy(photo => photo.ImagePath, StringComparer.Ordinal);
            }),
        ];
        return new FineTuningSet(NameOf(text), Prepared(photos, 2 * size, scratch));
    }

    /// <summary>The text with no more of the folder than its name and its parent's.</summary>
    public static string NameOf(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal) + 1;
        string[] parts = Path.TrimEndingDirectorySeparator(text[at..]).Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        return text[..at] + string.Join('/', parts[^Math.Min(2, parts.Length)..]);
    }

    /// <summary>A share of each class held out, the same for every way.</summary>
    /// <param name="seed">Which photos.</param>
    public (IReadOnlyList<LabeledImage> Training, IReadOnlyList<LabeledImage> HeldOut) Split(int seed)
    {
        DataSplit split = DataSplit.HoldOut(Photos, HeldOut, seed);
        return ([.. split.Training.Select(Image)], [.. split.Validation.Select(Image)]);

        LabeledImage Image(Sample sample) => new() { ImagePath = sample.Path, Label = split.Labels[sample.Label] };
    }

    private static string Drawn(string what, int perClass, string folder)
    {
        if (what == Parts)
        {
            PartsPainter.Paint(folder, perClass * Enum.GetValues<PartCondition>().Length, DrawSeed);
            return folder;
        }

        ToyKind[] kinds = Enum.GetValues<ToyKind>();
        for (int i = 0; i < perClass * kinds.Length; i++)
        {
            string path = Path.Combine(folder, $"{kinds[i % kinds.Length]}", string.Create(CultureInfo.InvariantCulture, $"{i:D4}.jpg"));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, ToyPicture.Jpeg(kinds[i % kinds.Length], hue: i * 47 % 360, seed: i, ToyEdge, ToyEdge));
        }

        return folder;
    }

    /// <summary>Decoded, turned upright, shrunk to a shorter side, and written as files that decode fast: a grid reads each some hundred times.</summary>
    private static LabeledImage[] Prepared(LabeledImage[] photos, int shorter, string scratch)
    {
        var prepared = new LabeledImage[photos.Length];
        Parallel.For(0, photos.Length, i =>
        {
            string path = Path.Combine(scratch, "photos", photos[i].Label, string.Create(CultureInfo.InvariantCulture, $"{i:D5}.jpg"));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Shrunk(photos[i].ImagePath, shorter));
            prepared[i] = new LabeledImage { ImagePath = path, Label = photos[i].Label };
        });
        return prepared;
    }

    private static byte[] Shrunk(string path, int shorter)
    {
        using RgbImage image = ImageDecoder.DecodeFile(path, ImageOrientation.Apply);
        double scale = Math.Min(1, (double)shorter / Math.Min(image.Width, image.Height));
        using SKImage whole = SKImage.FromPixelCopy(Info(image.Width, image.Height), image.Rgba);
        using var small = new SKBitmap(Info((int)Math.Round(image.Width * scale), (int)Math.Round(image.Height * scale)));
        using SKPixmap target = small.PeekPixels();
        whole.ScalePixels(target, SKFilterQuality.High);
        using SKData data = small.Encode(SKEncodedImageFormat.Jpeg, 95);
        return data.ToArray();

        static SKImageInfo Info(int width, int height) => new(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
    }
}
