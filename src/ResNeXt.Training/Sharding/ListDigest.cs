using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ResNeXt.Training;

/// <summary>The hash of a list of images: that of the hashes of its groups, so that a shard can check what it reads without reading all.</summary>
internal static class ListDigest
{
    /// <summary>Entries in a group.</summary>
    public const int Group = 65_536;

    /// <summary>SHA-256 of the lines <c>path, size, label</c>, tab-separated.</summary>
    public static string OfGroup(IEnumerable<ListedImage> images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ListedImage image in images)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{image.Path}\t{image.Size}\t{image.Label}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static string OfGroups(IEnumerable<string> groups) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(groups))));
}
