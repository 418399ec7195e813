using System.Diagnostics;

namespace ResNeXt.MLNet.Tests;

public class PillowDifferencesTests(ITestOutputHelper output)
{
    /// <summary>
    /// Opt-in, with RESNEXT_PYTHON: the table of docs/pixels.md. Mean and largest difference of a byte to Pillow's; of another size is -1.
    /// </summary>
    [Fact]
    public async Task Decode_KindsThatPillowReadsOtherwise_DifferAsDocumented()
    {
        string folder = Path.Combine(Path.GetTempPath(), "resnext-tests-" + Guid.NewGuid().ToString("N"));
        try
        {
            await ReferencePython.RunAsync("make_differences.py", folder);
            (string, double Mean, int Max)[] differences = [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(Difference)];
            Array.ForEach(differences, difference => output.WriteLine($"{difference}"));
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
            if (actual.Length != expected.Length)
            {
                return (Path.GetFileName(folder), -1, -1);
            }

            for (int i = 0; i < expected.Length; i++)
            {
                int difference = Math.Abs(expected[i] - actual[i]);
                sum += difference;
                max = Math.Max(max, difference);
            }

            count += expected.Length;
        }

        return (Path.GetFileName(folder), (double)sum / count, max);
    }
}
