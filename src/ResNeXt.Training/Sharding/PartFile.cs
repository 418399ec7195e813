using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace ResNeXt.Training;

/// <summary>
/// A shard's result: columns <c>path</c>, <c>error</c> and the values, in the order of the list; its <see cref="PartInfo"/> and its
/// <see cref="ParquetSeal"/> in the metadata.
/// </summary>
internal static class PartFile
{
    private const string Key = "resnext.part";
    private const string PathColumn = "path";
    private const string ErrorColumn = "error";
    private const int RowGroup = 1024;
    private const string Cure = "Delete it and run its shard again.";

    /// <summary>Writes a part whole or not at all. The same rows give the same bytes.</summary>
    /// <exception cref="InvalidDataException">There are more or fewer rows than the part should have.</exception>
    public static void Write(string path, PartInfo info, IEnumerable<PartRow> rows) => AtomicFile.Write(path, stream =>
    {
        WriteAsync(stream, info, rows).GetAwaiter().GetResult();
        ParquetSeal.Close(stream);
    });

    /// <summary>What the part says of itself, once all of its bytes are known to be those that were written.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is no part, damaged, or of a version whose parts have no <see cref="ParquetSeal"/>, which damage can look like.
    /// </exception>
    public static PartInfo ReadInfo(string path)
    {
        bool? isWhole = ParquetSeal.IsWhole(path);
        if (isWhole is false)
        {
            throw new InvalidDataException($"'{path}' is damaged: its bytes are not those that were written. {Cure}");
        }

        PartInfo info = Parse(path);
        return isWhole is true
            ? info
            : throw new InvalidDataException($"'{path}' has no hash of its bytes: an earlier version wrote it, or it is damaged. {Cure}");
    }

    /// <summary>The rows; that they are those which were written is known at their end.</summary>
    /// <exception cref="InvalidDataException">They are not.</exception>
    public static IEnumerable<PartRow> Read(string path, PartInfo info)
    {
        using var file = new ParquetFile(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long count = 0;
        for (int group = 0; group < file.Groups; group++)
        {
            string[] paths = file.Texts(group, PathColumn), errors = file.Texts(group, ErrorColumn);
            float[][] columns = [.. info.Columns.Select(column => file.Values<float>(group, column))];
            for (int i = 0; i < paths.Length; i++, count++)
            {
                var row = new PartRow(paths[i], errors[i], [.. columns.Select(column => column[i])]);
                Append(hash, row);
                yield return row;
            }
        }

        if (count != info.Rows || Convert.ToHexStringLower(hash.GetHashAndReset()) != info.Digest)
        {
            throw new InvalidDataException($"'{path}' is damaged: its {count} rows are not the {info.Rows} that were written. Delete it and run shard {info.Shard}/{info.Shards} again.");
        }
    }

    private static PartInfo Parse(string path)
    {
        try
        {
            return ParquetFile.Metadata(path).TryGetValue(Key, out string? json) && JsonSerializer.Deserialize<PartInfo>(json) is PartInfo info && info.List.Length == 64 && info.Model.Length == 64
                ? info
                : throw new InvalidDataException($"'{path}' is no part: expected a file that a shard of `resnext featurize` or `resnext evaluate` wrote.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is damaged: {exception.Message}", exception);
        }
    }

    private static async Task WriteAsync(Stream stream, PartInfo info, IEnumerable<PartRow> rows)
    {
        DataField<string> path = new(PathColumn, nullable: false), error = new(ErrorColumn, nullable: false);
        DataField<float>[] values = [.. info.Columns.Select(column => new DataField<float>(column))];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema([path, error, .. values]), stream).ConfigureAwait(false);
        long count = 0;
        foreach (PartRow[] chunk in rows.Chunk(RowGroup))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(path, chunk.Select(row => row.Path).ToArray()).ConfigureAwait(false);
            await group.WriteAsync(error, chunk.Select(row => row.Error).ToArray()).ConfigureAwait(false);
            for (int i = 0; i < values.Length; i++)
            {
                await group.WriteAsync<float>(values[i], chunk.Select(row => row.Values[i]).ToArray()).ConfigureAwait(false);
            }

            group.CompleteValidate();
            count += chunk.Length;
            foreach (PartRow row in chunk)
            {
                Append(hash, row);
            }
        }

        if (count != info.Rows)
        {
            throw new InvalidDataException($"The shard gave {count} rows, expected {info.Rows}.");
        }

        writer.CustomMetadata = new Dictionary<string, string>
        {
            [Key] = JsonSerializer.Serialize(info with { Digest = Convert.ToHexStringLower(hash.GetHashAndReset()) }),
            [ParquetSeal.Key] = ParquetSeal.Open,
        };
    }

    private static void Append(IncrementalHash hash, PartRow row)
    {
        hash.AppendData(Encoding.UTF8.GetBytes($"{row.Path}\t{row.Error}\n"));
        hash.AppendData(MemoryMarshal.AsBytes(row.Values.AsSpan()));
    }
}
