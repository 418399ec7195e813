using System.Text;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Writes a state dict as <c>torch.save</c> of PyTorch 1.6 and later does; <c>torch.load</c> reads it, with <c>weights_only=True</c> too.
/// The same tensors give the same bytes.
/// </summary>
internal static class PthWriter
{
    /// <param name="stream">Receives the file.</param>
    /// <param name="tensors">Names and values, of any strides and device.</param>
    public static void Write(Stream stream, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        byte[] pickle = Pickle(tensors);
        StoredZipWriter.Write(stream,
        [
            ("archive/data.pkl", output => output.Write(pickle)),
            ("archive/byteorder", output => output.Write("little"u8)),
            .. tensors.Select((tensor, i) => (FormattableString.Invariant($"archive/data/{i}"), (Action<Stream>)(output => TensorBytes.Write(output, tensor.Value)))),
            ("archive/version", output => output.Write("3\n"u8)),
        ]);
    }

    /// <summary>An OrderedDict of tensors, each on a storage of its own, in protocol 2.</summary>
    private static byte[] Pickle(IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        using var bytes = new MemoryStream();
        using var output = new BinaryWriter(bytes);
        output.Write([(byte)PickleOpcode.Proto, 2]);
        EmptyOrderedDictionary(output);
        Write(output, PickleOpcode.Mark);
        for (int i = 0; i < tensors.Count; i++)
        {
            (string name, Tensor value) = tensors[i];
            Text(output, name);
            Global(output, "torch._utils", "_rebuild_tensor_v2");
            Write(output, PickleOpcode.Mark);
            Write(output, PickleOpcode.Mark);
            Text(output, "storage");
            Global(output, "torch", ElementType.Of(value.dtype).StorageName);
            Text(output, FormattableString.Invariant($"{i}"));
            Text(output, "cpu");
            Integer(output, value.numel());
            Write(output, PickleOpcode.Tuple);
            Write(output, PickleOpcode.BinPersId);
            Integer(output, 0); // offset
            Integers(output, value.shape);
            Integers(output, RowMajorStrides(value.shape));
            Write(output, PickleOpcode.NewFalse); // requires_grad
            EmptyOrderedDictionary(output); // hooks
            Write(output, PickleOpcode.Tuple);
            Write(output, PickleOpcode.Reduce);
        }

        Write(output, PickleOpcode.SetItems);
        Write(output, PickleOpcode.Stop);
        return bytes.ToArray();
    }

    private static long[] RowMajorStrides(long[] shape)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }

        return strides;
    }

    private static void EmptyOrderedDictionary(BinaryWriter output)
    {
        Global(output, "collections", "OrderedDict");
        Write(output, PickleOpcode.EmptyTuple);
        Write(output, PickleOpcode.Reduce);
    }

    private static void Integers(BinaryWriter output, long[] values)
    {
        Write(output, PickleOpcode.Mark);
        Array.ForEach(values, value => Integer(output, value));
        Write(output, PickleOpcode.Tuple);
    }

    private static void Integer(BinaryWriter output, long value)
    {
        if (value <= int.MaxValue)
        {
            Write(output, PickleOpcode.BinInt);
            output.Write((int)value);
        }
        else
        {
            output.Write([(byte)PickleOpcode.Long1, sizeof(long)]);
            output.Write(value);
        }
    }

    private static void Text(BinaryWriter output, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write(output, PickleOpcode.BinUnicode);
        output.Write(bytes.Length);
        output.Write(bytes);
    }

    private static void Global(BinaryWriter output, string module, string name)
    {
        Write(output, PickleOpcode.Global);
        output.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private static void Write(BinaryWriter output, PickleOpcode opcode) => output.Write((byte)opcode);
}
