using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>A file of <c>torch.save</c>: the object that its pickle describes, and storages beside it.</summary>
internal abstract class TorchArchive
{
    /// <summary>The object that was saved; see <see cref="PickleMachine"/> for what it may be.</summary>
    public abstract object? Root { get; }

    /// <exception cref="InvalidDataException">The storage is missing or of another size, which the message says, to follow a colon.</exception>
    public abstract void Check(TorchStorage storage);

    /// <summary>Reads a run of elements of a storage that was checked.</summary>
    /// <param name="storage">Where they are.</param>
    /// <param name="offset">The first of them.</param>
    /// <param name="shape">Shape of the new tensor.</param>
    public abstract Tensor Read(TorchStorage storage, long offset, long[] shape);
}
