namespace ResNeXt.MLNet.Tests;

public class PillowDifferencesTests
{
    /// <summary>Opt-in, with RESNEXT_PYTHON: the table of docs/pixels.md. Mean and largest difference of a byte to Pillow's, over the images of a kind.</summary>
    [Fact]
    public async Task Decode_KindsThatPillowReadsOtherwise_DifferAsDocumented()
    {
        string folder = Directory.CreateTempSubdirectory("resnext-tests-").FullName;
        try
        {
            await ReferencePython.RunAsync("make_differences.py", folder);
            Assert.Equal(
                [
                    ("bmp-32bit", 0.0, 0),
                    ("gif-small-frame", 31.3, 255),
                    ("gif-transparent", 12.6, 253),
                    ("jpeg-cmyk", 0.0, 0),
                    ("jpeg-cmyk-profile", 0.0, 0),
                    ("png-16bit-gray", 94.7, 246),
                    ("png-16bit-rgb", 0.0, 0),
                    ("png-profile", 0.0, 0),
                    ("png-turned", 0.0, 0),
                    ("webp-lossless-alpha", 0.0, 0),
                    ("webp-lossy", 0.0, 0),
                    ("webp-lossy-alpha", 0.0, 0),
                    ("webp-turned", 0.0, 0),
                ],
                Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(Difference));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (string Kind, double Mean, int Max) Difference(string folder)
    {
        long sum = 0, count = 0;
        int max = 0;
        foreach (string file in Directory.EnumerateFiles(folder, "*.rgb"))
        {
            byte[] expected = File.ReadAllBytes(file);
            using RgbImage image = ImageDecoder.DecodeFile(file[..^4]);
            byte[] actual = image.ToRgb();
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                int difference = Math.Abs(expected[i] - actual[i]);
                sum += difference;
                max = Math.Max(max, difference);
            }

            count += expected.Length;
        }

        return (Path.GetFileName(folder), Math.Round((double)sum / count, 1), max);
    }
}
