using System.Security.Cryptography;
using System.Text;

namespace ResNeXt.Training;

/// <summary>SHA-256 of files, in lower-case hexadecimal digits.</summary>
internal static class FileDigest
{
    /// <param name="path">The file.</param>
    /// <param name="tail">The most bytes that are read, from its end.</param>
    public static string Of(string path, long tail = long.MaxValue)
    {
        using FileStream stream = RegularFile.OpenRead(path);
        stream.Position = Math.Max(0, stream.Length - tail);
        return Of(stream);
    }

    /// <summary>Of what is left of a stream.</summary>
    public static string Of(Stream stream) => Convert.ToHexStringLower(SHA256.HashData(stream));

    /// <summary>
    /// One digest for a set of labelled images, wherever its folder lies and however it is split: that of the lines
    /// <c>label, path below the common folder, digest of the content</c>, tab-separated, in ordinal order.
    /// </summary>
    public static string OfImages(IReadOnlyList<string> labels, IReadOnlyList<Sample> samples, CancellationToken cancellation)
    {
        string root = CommonFolder(samples);
        string[] lines = new string[samples.Count];
        ParallelWork.For(lines.Length, Line, cancellation);
        Array.Sort(lines, StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));

        void Line(int i)
        {
            (string path, int label) = samples[i];
            lines[i] = $"{labels[label]}\t{Path.GetRelativePath(root, path).Replace('\\', '/')}\t{Of(path)}\n";
        }
    }

    /// <summary>The folder that holds all of them.</summary>
    public static string CommonFolder(IReadOnlyList<Sample> samples)
    {
        string root = Path.GetDirectoryName(Path.GetFullPath(samples[0].Path))!;
        foreach (Sample sample in samples)
        {
            while (Path.GetRelativePath(root, Path.GetFullPath(sample.Path)).StartsWith("..", StringComparison.Ordinal) && Path.GetDirectoryName(root) is string above)
            {
                root = above;
            }
        }

        return root;
    }
}
