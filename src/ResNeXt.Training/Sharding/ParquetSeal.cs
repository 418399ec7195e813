using System.Security.Cryptography;
using System.Text;

namespace ResNeXt.Training;

/// <summary>
/// The hash of all bytes of a part or a manifest but its own, which stands among them, in the metadata: the hash of the rows does not see a byte that
/// decoding passes over, and a damaged footer could speak of another job.
/// </summary>
internal static class ParquetSeal
{
    private const string Mark = "sha256 of all other bytes: ";
    private const int DigestLength = 64;
    private const int Tail = 1 << 16; // behind it are some hundred bytes

    /// <summary>Its key in the metadata, of which it must be the last.</summary>
    public const string Key = "resnext.part.seal";

    /// <summary>What stands in the metadata until <see cref="Close"/>.</summary>
    public static string Open { get; } = Mark + new string('0', DigestLength);

    /// <summary>Puts the hash of a file that is otherwise written into its place.</summary>
    public static void Close(Stream file)
    {
        long place = Place(file) ?? throw new InvalidOperationException("The file has no place for the hash of its bytes.");
        byte[] digest = Digest(file, place);
        file.Position = place;
        file.Write(digest);
    }

    /// <summary>Whether the bytes of a file are those that were written; null where it has no such hash.</summary>
    public static bool? IsWhole(string path)
    {
        using FileStream file = RegularFile.OpenRead(path);
        if (Place(file) is not long place)
        {
            return null;
        }

        byte[] found = new byte[DigestLength];
        file.Position = place;
        file.ReadExactly(found);
        return found.AsSpan().SequenceEqual(Digest(file, place));
    }

    private static long? Place(Stream file)
    {
        byte[] tail = new byte[Math.Min(Tail, file.Length)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        int mark = tail.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(Mark));
        long place = file.Length - tail.Length + mark + Mark.Length;
        return mark >= 0 && place + DigestLength <= file.Length ? place : null;
    }

    /// <summary>In hexadecimal ASCII digits.</summary>
    private static byte[] Digest(Stream file, long place)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 17];
        Append(0, place);
        Append(place + DigestLength, file.Length);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));

        void Append(long from, long to)
        {
            file.Position = from;
            while (file.Position < to)
            {
                Span<byte> next = buffer.AsSpan(0, (int)Math.Min(buffer.Length, to - file.Position));
                file.ReadExactly(next);
                hash.AppendData(next);
            }
        }
    }
}
