namespace ResNeXt.Training;

/// <summary>What a part says of itself: the job that it belongs to, its place in it, and what is inside.</summary>
internal sealed record PartInfo
{
    /// <summary><c>features</c> or <c>evaluation</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Hash of the list.</summary>
    public required string List { get; init; }

    /// <summary>Hash of the model file.</summary>
    public required string Model { get; init; }

    /// <summary>Options that change values.</summary>
    public required string Settings { get; init; }

    /// <summary>Names of the columns of values.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Which shard it is, from 0.</summary>
    public required int Shard { get; init; }

    /// <summary>Of how many.</summary>
    public required int Shards { get; init; }

    /// <summary>Entries of the list that it has, read or not.</summary>
    public required long Rows { get; init; }

    /// <summary>Hash of its rows; empty before they are written.</summary>
    public string Digest { get; init; } = "";

    /// <summary>What differs between the jobs of two parts; null for the same job.</summary>
    public string? DifferenceTo(PartInfo other) =>
        Kind != other.Kind ? $"it holds {Kind}, not {other.Kind}"
        : List != other.List ? $"it is of the list {List[..12]}, not {other.List[..12]}"
        : Model != other.Model ? $"it is of the model {Model[..12]}, not {other.Model[..12]}"
        : Shards != other.Shards ? $"it is one of {Shards} shards, not of {other.Shards}"
        : Settings != other.Settings ? $"it was made with {Settings}, not {other.Settings}"
        : !Columns.SequenceEqual(other.Columns) ? $"it has {Columns.Count} columns, not {other.Columns.Count}"
        : null;
}
