using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ResNeXt.Training;

/// <summary>Tells whether images are those of an earlier run, by the names and sizes of their files: contents are not read.</summary>
internal static class DataFingerprint
{
    /// <summary>What is known of each class's images, in their order, by what they are.</summary>
    /// <param name="use">What the images are for, in a word.</param>
    /// <param name="samples">The images.</param>
    /// <param name="labels">Names of the classes.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(string use, IReadOnlyList<Sample> samples, IReadOnlyList<string> labels)
    {
        ILookup<int, Sample> classes = samples.ToLookup(sample => sample.Label);
        return labels.Select((label, number) => KeyValuePair.Create($"{use} images of class '{label}'", Of(classes[number])));
    }

    private static string Of(IEnumerable<Sample> samples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long count = 0, bytes = 0;
        foreach (Sample sample in samples)
        {
            // The folder may have moved. A file that is not there is told of by whoever reads it.
            var file = new FileInfo(sample.Path);
            long size = file.Exists ? file.Length : 0;
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Name}\n{size}\n")));
            count++;
            bytes += size;
        }

        return string.Create(CultureInfo.InvariantCulture, $"({count} files, {bytes} bytes, names and sizes {Convert.ToHexStringLower(hash.GetHashAndReset())[..8]})");
    }
}
