namespace ResNeXt.Training;

/// <summary>Runs one shard of a list into a folder of parts. A part that is there already is not made again, so a repeated, requeued or doubled task changes nothing.</summary>
internal sealed class ShardJob(string folder, Shard shard, ImageList list)
{
    /// <summary>The file that the shard writes.</summary>
    public string Part { get; } = Path.Combine(folder, shard.FileName);

    /// <summary>The entries of the shard.</summary>
    public (long From, long To) Range { get; } = shard.Of(list.Count);

    /// <summary>What the part says of itself.</summary>
    public PartInfo Describe(string kind, string modelFile, string settings, IReadOnlyList<string> columns) => new()
    {
        Kind = kind,
        List = list.Hash,
        Model = FileDigest.Of(modelFile),
        Settings = settings,
        Columns = columns,
        Shard = shard.Index,
        Shards = shard.Count,
        Rows = Range.To - Range.From,
    };

    /// <summary>Whether the part is there.</summary>
    /// <exception cref="InvalidDataException">A part of another job is there, or a damaged one.</exception>
    public bool IsDone(PartInfo info)
    {
        Directory.CreateDirectory(folder);
        if (!File.Exists(Part))
        {
            return false;
        }

        string? difference = PartFile.ReadInfo(Part).DifferenceTo(info);
        return difference is null ? true : throw new InvalidDataException($"'{Part}' is a part of another job: {difference}. Choose another folder.");
    }

    public IEnumerable<ListedImage> Images() => list.Read(Range.From, Range.To);
}
