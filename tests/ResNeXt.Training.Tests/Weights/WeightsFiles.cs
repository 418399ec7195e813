using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>Files of weights as others save them.</summary>
internal static class WeightsFiles
{
    /// <summary>A module's tensors without a description, renamed; null leaves one out.</summary>
    public static string Save(string path, ResNeXtModule module, Func<string, string?> rename)
    {
        using DisposeScope scope = NewDisposeScope();
        List<(string, Tensor)> tensors = [.. module.state_dict().Where(pair => rename(pair.Key) is not null).Select(pair => (rename(pair.Key)!, pair.Value))];
        using FileStream stream = File.Create(path);
        SafeTensorsWriter.Write(stream, tensors, new Dictionary<string, string>());
        return path;
    }

    /// <summary>Names and shapes alone: the values are a hole in the file.</summary>
    public static string SaveShapes(string path, Dictionary<string, long[]> shapes)
    {
        var header = new Dictionary<string, object>();
        long offset = 0;
        foreach ((string name, long[] shape) in shapes)
        {
            long end = offset + (4 * shape.Aggregate(1L, (product, size) => product * size));
            header.Add(name, new { dtype = "F32", shape, data_offsets = new[] { offset, end } });
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] aligned = [.. json, .. Enumerable.Repeat((byte)' ', (8 - (json.Length % 8)) % 8)];
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, aligned.Length);
        using FileStream stream = File.Create(path);
        stream.Write([.. length, .. aligned]);
        stream.SetLength(stream.Length + offset);
        return path;
    }

    /// <summary>The convolutions and the head of a network, as torchvision names and shapes them.</summary>
    public static Dictionary<string, long[]> ShapesOf(ResNeXtArchitecture architecture)
    {
        int kernel = architecture.Stem == ResNeXtStem.Cifar ? 3 : 7;
        var shapes = new Dictionary<string, long[]> { ["conv1.weight"] = [64, 3, kernel, kernel] };
        long input = 64;
        for (int stage = 0; stage < architecture.Blocks.Count; stage++)
        {
            long inner = architecture.InnerChannels(stage), output = 256 << stage;
            for (int block = 0; block < architecture.Blocks[stage]; block++)
            {
                string name = $"layer{stage + 1}.{block}";
                shapes.Add($"{name}.conv1.weight", [inner, input, 1, 1]);
                shapes.Add($"{name}.conv2.weight", [inner, inner / architecture.Cardinality, 3, 3]);
                shapes.Add($"{name}.conv3.weight", [output, inner, 1, 1]);
                if (block == 0)
                {
                    shapes.Add($"{name}.downsample.0.weight", [output, input, 1, 1]);
                }

                input = output;
            }
        }

        shapes.Add("fc.weight", [7, input]);
        return shapes;
    }
}
