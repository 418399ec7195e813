using System.Security.Cryptography;
using System.Text;

namespace ResNeXt.MLNet;

/// <summary>
/// The SHA-256 of a file inside the file: of all its bytes, with zeros where the digest itself stands. Checkpoints and models carry it, so that a byte that
/// changed on a disk or on the way is an error and not another answer.
/// </summary>
internal static class ContentDigest
{
    /// <summary>The key of the entry, in the metadata of both formats.</summary>
    public const string Key = "resnext.sha256";

    /// <summary>An entry that says that there is one: a file whose digest cannot be found is damaged, too.</summary>
    public const string Mark = "resnext.digest";

    /// <summary>What it says.</summary>
    public const string Kind = "sha256";

    private const int HexLength = 64;

    /// <summary>What stands in its place while it is computed.</summary>
    public static string Blank { get; } = new('0', HexLength);

    /// <summary>Puts the digest in the place of <see cref="Blank"/>.</summary>
    /// <param name="file">The whole file, on a disk or in memory; read once.</param>
    /// <param name="at">Where the digits stand.</param>
    public static void Seal(Stream file, long at)
    {
        file.Position = 0;
        byte[] digest = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file)));
        file.Position = at;
        file.Write(digest);
        file.Position = file.Length;
    }

    /// <summary>Whether a file is as it was sealed.</summary>
    /// <param name="file">The whole file; read once, and left at its end.</param>
    /// <param name="at">Where the digits stand.</param>
    public static bool IsWhole(Stream file, long at)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20], digits = new byte[HexLength];
        file.Position = 0;
        for (long start = 0; file.Read(buffer) is int read and > 0; start += read)
        {
            for (long i = Math.Max(at, start); i < Math.Min(at + HexLength, start + read); i++)
            {
                digits[i - at] = buffer[i - start];
                buffer[i - start] = (byte)'0';
            }

            hash.AppendData(buffer.AsSpan(0, read));
        }

        return Encoding.ASCII.GetString(digits) == Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
