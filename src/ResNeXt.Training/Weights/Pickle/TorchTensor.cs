namespace ResNeXt.Training;

/// <summary>A tensor of a PyTorch file: a view of a storage, proven to lie inside it.</summary>
/// <param name="Storage">Where its elements are.</param>
/// <param name="Offset">The first of them, counted from the start of what lies in the file.</param>
/// <param name="Shape">Sizes, none negative.</param>
/// <param name="Strides">In elements, none negative; 0 where a dimension repeats.</param>
/// <param name="Extent">Elements from the first to the last, those between them included.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Shape, long[] Strides, long Extent)
{
    private const int MaxRank = 8;
    private const int MaxRepeatedBytes = 1 << 20; // a repeated element may make this much of nothing, no more

    /// <summary>Whether the elements lie in row-major order without gaps.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != expected)
                {
                    return Extent == 0;
                }

                expected *= Shape[i];
            }

            return true;
        }
    }

    /// <param name="arguments"><c>storage, offset, shape, strides</c>, then what concerns gradients.</param>
    public static TorchTensor FromArguments(object?[] arguments)
    {
        if (arguments is not [TorchStorage storage, long offset, object?[] sizes, object?[] steps, ..]
            || sizes.Length != steps.Length || sizes.Length > MaxRank || !sizes.Concat(steps).All(value => value is >= 0L))
        {
            throw new InvalidDataException("its pickle has a tensor without a storage, an offset, a shape and strides");
        }

        long[] shape = [.. sizes.Cast<long>()], strides = [.. steps.Cast<long>()];
        string text = $"a tensor [{string.Join(", ", shape)}]";
        long bytes = storage.Type.BytesOf(shape) ?? throw new InvalidDataException($"{text} is larger than any memory");
        Int128 extent = bytes == 0 ? 0 : 1;
        for (int i = 0; i < shape.Length && extent > 0 && extent <= storage.Count; i++)
        {
            extent += (Int128)(shape[i] - 1) * strides[i];
        }

        if (offset < 0 || offset + extent > storage.Count)
        {
            throw new InvalidDataException($"{text} reaches past the end of its storage '{storage.Key}' of {storage.Count} elements");
        }

        if (bytes > MaxRepeatedBytes && bytes / storage.Type.Size > storage.Count)
        {
            throw new InvalidDataException($"{text} repeats the {storage.Count} elements of its storage '{storage.Key}' beyond measure");
        }

        return new TorchTensor(storage, storage.Start + offset, shape, strides, (long)extent);
    }
}
