using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Moves the bytes of tensors between streams and libtorch's memory, without a buffer between them.</summary>
internal static class TensorBytes
{
    private const int ChunkElements = 1 << 27; // a span holds less than 2^31 bytes

    /// <returns>A new, contiguous tensor on the CPU.</returns>
    /// <exception cref="EndOfStreamException">The stream ends before the tensor.</exception>
    public static Tensor Read(Stream stream, ScalarType type, long[] shape)
    {
        if (type == ScalarType.Bool) // libtorch relies on 0 and 1, a file may say anything
        {
            using Tensor bytes = Read(stream, ScalarType.Byte, shape);
            return bytes.to(ScalarType.Bool);
        }

        Tensor tensor = empty(shape, type);
        try
        {
            Visit(tensor, chunk => stream.ReadExactly(chunk.bytes));
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <param name="stream">Receives the elements in row-major order.</param>
    /// <param name="value">A tensor of any strides and device.</param>
    public static void Write(Stream stream, Tensor value)
    {
        using DisposeScope scope = NewDisposeScope();
        Visit(value.detach().cpu().contiguous(), chunk => stream.Write(chunk.bytes));
    }

    private static void Visit(Tensor contiguous, Action<Tensor> visit)
    {
        using Tensor flat = contiguous.view(-1);
        for (long start = 0; start < flat.numel(); start += ChunkElements)
        {
            using Tensor chunk = flat.slice(0, start, Math.Min(start + ChunkElements, flat.numel()), 1);
            visit(chunk);
        }
    }
}
