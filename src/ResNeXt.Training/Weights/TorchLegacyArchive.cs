using System.Buffers.Binary;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// PyTorch's format before 1.6: pickles of a magic number, a version, the machine, the object and the keys of its storages, then for
/// each key a count and the elements.
/// </summary>
internal sealed class TorchLegacyArchive : TorchArchive
{
    private const long Version = 1001;
    private static readonly Int128 Magic = new(0x1950, 0xa86a20f9469cfc6c);
    private readonly FileStream _file;
    private readonly Dictionary<string, long> _positions = [];

    /// <exception cref="InvalidDataException">With the offence as its message, to follow a colon.</exception>
    public TorchLegacyArchive(FileStream file)
    {
        _file = file;
        Dictionary<string, TorchStorage> storages = [];
        if (PickleMachine.Read(file, storages) is not Int128 magic || magic != Magic)
        {
            throw new InvalidDataException("it is a pickle that torch.save did not write");
        }

        if (PickleMachine.Read(file, storages) is not Version)
        {
            throw new InvalidDataException($"it is of another version of PyTorch's legacy format than {Version}");
        }

        if (PickleMachine.Read(file, storages) is Dictionary<object, object?> machine && machine.GetValueOrDefault("little_endian") is false)
        {
            throw new InvalidDataException("its byte order is big-endian, expected little-endian");
        }

        Root = PickleMachine.Read(file, storages);
        var keys = PickleMachine.Read(file, storages) as List<object?> ?? throw new InvalidDataException("the list of its storages is missing");
        foreach (object? key in keys)
        {
            Locate(key is string text && storages.TryGetValue(text, out TorchStorage? storage) ? storage
                : throw new InvalidDataException("it lists a storage that no tensor uses"));
        }
    }

    public override object? Root { get; }

    public override void Check(TorchStorage storage)
    {
        if (!_positions.ContainsKey(storage.Key))
        {
            throw new InvalidDataException($"its storage '{storage.Key}' is missing");
        }
    }

    public override Tensor Read(TorchStorage storage, long offset, long[] shape)
    {
        _file.Position = _positions[storage.Key] + (offset * storage.Type.Size);
        return TensorBytes.Read(_file, storage.Type.Type, shape);
    }

    private void Locate(TorchStorage storage)
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        _file.ReadExactly(prefix);
        long count = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (count != storage.RootCount || storage.RootBytes > _file.Length - _file.Position)
        {
            throw new InvalidDataException($"its storage '{storage.Key}' has {count} elements, expected {storage.RootCount} before the end of the file");
        }

        if (!_positions.TryAdd(storage.Key, _file.Position))
        {
            throw new InvalidDataException($"its storage '{storage.Key}' is there twice");
        }

        _file.Position += (long)storage.RootBytes;
    }
}
