namespace ResNeXt.Training;

/// <summary>The images that a quantisation looks at, preprocessed: bytes, <c>[ImageSize, ImageSize, 3]</c> each.</summary>
/// <param name="Ranges">Those that set the ranges of activations.</param>
/// <param name="HeldBack">Those that measure the result.</param>
/// <param name="Skipped">Number of images that could not be read.</param>
internal sealed record CalibrationImages(IReadOnlyList<byte[]> Ranges, IReadOnlyList<byte[]> HeldBack, int Skipped)
{
    private const int HeldBackEvery = 4;

    /// <summary>Image files, none of them looked at.</summary>
    public static IEnumerable<Func<ImageSource>> Files(IEnumerable<string> paths) => paths.Select(path => (Func<ImageSource>)(() => ImageSource.FromFile(path)));

    /// <param name="images">All images there are, lazily: only those chosen are asked for, each before the next one is stepped to.</param>
    /// <param name="available">Their number.</param>
    /// <param name="asked">How many shall be used; null for the default.</param>
    /// <param name="preprocessing">How they become the network's input.</param>
    /// <param name="cancellation">Stops between two images.</param>
    /// <exception cref="InvalidDataException">There are fewer than asked for, or too few.</exception>
    public static CalibrationImages Choose(IEnumerable<Func<ImageSource>> images, long available, int? asked, ImagePreprocessing preprocessing, CancellationToken cancellation)
    {
        int least = asked ?? QuantizationOptions.LeastImages;
        long count = Math.Min(asked ?? QuantizationOptions.DefaultImages, available);
        if (available < least)
        {
            throw new InvalidDataException($"There are {available} calibration images: expected at least {least}. Give more, or ask for fewer.");
        }

        var preprocessor = new ImagePreprocessor(preprocessing);
        var decoding = new ImageDecoding { Orientation = preprocessing.Orientation };
        var chosen = new List<byte[]>();
        long seen = 0, next = 0;
        int skipped = 0;
        foreach (Func<ImageSource> image in images)
        {
            cancellation.ThrowIfCancellationRequested();
            if (seen++ != next * available / count)
            {
                continue;
            }

            next++;
            try
            {
                byte[] pixels = new byte[preprocessing.ByteCount];
                using RgbImage decoded = image().Decode(decoding);
                preprocessor.Process(decoded, pixels);
                chosen.Add(pixels);
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                skipped++;
            }
        }

        return chosen.Count >= least
            ? new CalibrationImages([.. chosen.Where((_, i) => !IsHeldBack(i))], [.. chosen.Where((_, i) => IsHeldBack(i))], skipped)
            : throw new InvalidDataException($"Only {chosen.Count} of {count} calibration images can be read: expected at least {least}.");
    }

    private static bool IsHeldBack(int index) => index % HeldBackEvery == HeldBackEvery - 1;
}
