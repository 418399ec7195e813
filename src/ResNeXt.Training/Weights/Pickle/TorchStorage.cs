namespace ResNeXt.Training;

/// <summary>A run of elements that tensors of a PyTorch file are views of.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="RootCount">Elements that lie in the file under this key.</param>
/// <param name="Start">The first of them that belongs to this storage: not 0 for the views that PyTorch saved before 0.4.</param>
/// <param name="Count">Elements of this storage.</param>
internal sealed record TorchStorage(string Key, ElementType Type, long RootCount, long Start, long Count)
{
    public Int128 RootBytes => (Int128)RootCount * Type.Size;

    /// <param name="id">The tuple that stands for it: <c>("storage", class, key, device, count)</c> and, in the legacy format, null or a view.</param>
    public static TorchStorage FromId(object? id)
    {
        if (id as object?[] is not ["storage", PickleGlobal { Element: { } type }, string key, string, >= 0L and long count, .. object?[] rest])
        {
            throw new InvalidDataException("its pickle refers to something that is no storage of a known type");
        }

        return rest switch
        {
            [] or [null] => new(key, type, count, 0, count),
            [object?[] view] when view is [string, long start, long length] && start >= 0 && length >= 0 && length <= count - start => new(key, type, count, start, length),
            _ => throw new InvalidDataException($"its storage '{key}' is a view that goes past the end"),
        };
    }
}
