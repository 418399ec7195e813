using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Reads what <c>torch.save</c> writes: <c>.pth</c>, <c>.pt</c>, <c>.bin</c>, in the zip format and in the legacy one.</summary>
internal sealed class PyTorchFile : WeightsFile
{
    private const int MaxMessage = 600;
    private readonly FileStream _file;
    private readonly TorchArchive _archive;
    private readonly StateDict _state;

    /// <param name="path">The file.</param>
    /// <param name="zip">Which of the two formats.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or asks for something that weights do not need.</exception>
    public PyTorchFile(string path, bool zip)
        : base(path)
    {
        _file = RegularFile.OpenRead(path);
        try
        {
            _archive = zip ? new TorchZipArchive(_file) : new TorchLegacyArchive(_file);
            _state = StateDict.Find(_archive.Root);
            foreach (TorchTensor tensor in _state.Tensors.Values)
            {
                _archive.Check(tensor.Storage);
            }
        }
        catch (Exception exception)
        {
            _file.Dispose();
            if (exception is InvalidDataException or EndOfStreamException)
            {
                string why = PrintableText.Of(exception.Message.TrimEnd('.').Take(MaxMessage));
                throw new InvalidDataException($"'{path}' cannot be read as weights of PyTorch: {why}.", exception);
            }

            throw;
        }
    }

    public override IReadOnlyList<string> Notes => _state.Notes;

    public override IReadOnlyCollection<string> Names => _state.Tensors.Keys;

    public override long[] Shape(string name) => _state.Tensors[name].Shape;

    protected override Tensor ReadTensor(string name)
    {
        TorchTensor tensor = _state.Tensors[name];
        if (tensor.IsContiguous)
        {
            return _archive.Read(tensor.Storage, tensor.Offset, tensor.Shape);
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor extent = _archive.Read(tensor.Storage, tensor.Offset, [tensor.Extent]);
        return extent.as_strided(tensor.Shape, tensor.Strides).contiguous().MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing) => _file.Dispose();
}
