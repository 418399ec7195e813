namespace ResNeXt.MLNet;

/// <summary>What happens to a row whose image cannot be read, or whose answer is not a number.</summary>
public enum BadImagePolicy
{
    /// <summary>An <see cref="InvalidDataException"/> that names row, column, file and reason.</summary>
    Throw,

    /// <summary>
    /// Missing values: a vector of NaN, the missing key; a further column, <see cref="ResNeXtOptions.HasImageColumnName"/>, says which rows
    /// have an image.
    /// </summary>
    Missing,
}
