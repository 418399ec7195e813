using Parquet;
using Parquet.Schema;

namespace ResNeXt.Training;

/// <summary>A Parquet file of ours, read column by column; whatever is wrong with it is an <see cref="InvalidDataException"/> that names it.</summary>
internal sealed class ParquetFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly ParquetReader _reader;

    public ParquetFile(string path)
    {
        _path = path;
        _stream = RegularFile.OpenRead(path);
        try
        {
            _reader = Guarded(() =>
            {
                ParquetFooter.Require(_stream);
                return ParquetReader.CreateAsync(_stream).GetAwaiter().GetResult();
            });
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public int Groups => _reader.RowGroupCount;

    public static Dictionary<string, string> Metadata(string path)
    {
        using var file = new ParquetFile(path);
        return file._reader.CustomMetadata;
    }

    public string[] Texts(int group, string column) => Guarded(() =>
    {
        using ParquetRowGroupReader reader = _reader.OpenRowGroupReader(group);
        string?[] values = new string?[Rows(reader)];
        reader.ReadAsync(Field(column), values.AsMemory()).AsTask().GetAwaiter().GetResult();
        return values.Select(value => value ?? "").ToArray();
    });

    public T[] Values<T>(int group, string column)
        where T : struct => Guarded(() =>
    {
        using ParquetRowGroupReader reader = _reader.OpenRowGroupReader(group);
        var values = new T[Rows(reader)];
        reader.ReadAsync<T>(Field(column), values.AsMemory()).AsTask().GetAwaiter().GetResult();
        return values;
    });

    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    /// <summary>Rows of a group, which are few in files of ours.</summary>
    private long Rows(ParquetRowGroupReader reader) => reader.RowCount <= ListDigest.Group
        ? reader.RowCount
        : throw new InvalidDataException($"'{_path}' has a group of {reader.RowCount} rows: expected at most {ListDigest.Group}.");

    private DataField Field(string column) => _reader.Schema.GetDataFields().FirstOrDefault(field => field.Name == column)
        ?? throw new InvalidDataException($"'{_path}' has no column '{column}'.");

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
#pragma warning disable CA1031 // the reader throws whatever the damage leads it to
        catch (Exception exception) when (exception is not OutOfMemoryException && !exception.Message.StartsWith($"'{_path}'", StringComparison.Ordinal))
#pragma warning restore CA1031
        {
            throw new InvalidDataException($"'{_path}' is damaged, or no Parquet file: {exception.Message}", exception);
        }
    }
}
