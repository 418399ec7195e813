using Google.Protobuf;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training.Tests;

/// <summary>A tiny network that is not ours, as an ONNX file: a convolution of 3x3, stride 4, whose map nobody declares an output, its mean, and a linear layer.</summary>
internal static class TeacherFiles
{
    public const string Map = "inner_map", Vector = "vector", Classes = "classes";

    /// <param name="path">The file to write.</param>
    /// <param name="size">Edge of the input.</param>
    /// <param name="channels">Of the map.</param>
    /// <param name="batch">The declared batch; null for any.</param>
    /// <param name="repeats">More of them for a slower one.</param>
    /// <param name="scale">What the weights are multiplied by.</param>
    public static string Write(string path, int size = 16, int channels = 6, int? batch = 1, int repeats = 0, float scale = 1)
    {
        var graph = new OnnxGraph();
        string x = graph.Input("data", batch, 3, size, size);
        for (int i = 0; i < repeats; i++)
        {
            x = OnnxExporter.Convolution(graph, $"slow{i}", x, Convolution($"slow{i}", 3, 3, 1, 1));
        }

        string map = graph.Node("Relu", Map, [OnnxExporter.Convolution(graph, "conv", x, Convolution("conv", channels, 3, 4, scale))]);
        string vector = graph.Node("Flatten", Vector, [graph.Node("GlobalAveragePool", "pooled", [map])], OnnxGraph.Attribute("axis", 1));
        graph.Node("Gemm", Classes, [vector, graph.Constant("fc.weight", Values("fc", channels * 2, 1), 2, channels), graph.Constant("fc.bias", [0, 0], 2)], OnnxGraph.Attribute("transB", 1));
        graph.Output(Vector, batch, channels);
        graph.Output(Classes, batch, 2);
        ModelProto model = graph.ToModel("a test", "1", "", new Dictionary<string, string>());
        File.WriteAllBytes(path, model.ToByteArray());
        return path;
    }

    /// <summary>A network whose map is every fourth pixel, its colours as they are.</summary>
    public static string WritePixels(string path, int size)
    {
        var graph = new OnnxGraph();
        var every = new FoldedConvolution([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0], [3, 3, 1, 1], Stride: 4, Padding: 0, Groups: 1);
        graph.Output(OnnxExporter.Convolution(graph, Map, graph.Input("data", 1, 3, size, size), every), 1, 3, size / 4, size / 4);
        File.WriteAllBytes(path, graph.ToModel("a test", "1", "", new Dictionary<string, string>()).ToByteArray());
        return path;
    }

    private static FoldedConvolution Convolution(string name, int channels, int inputs, int stride, float scale) =>
        new(Values(name, channels * inputs * 9, scale / (inputs * 9)), new float[channels], [channels, inputs, 3, 3], stride, 1, 1);

    private static float[] Values(string name, int count, float scale) => [.. FormulaWeights.Hashes(name, count).Select(hash => ((((hash >> 8) * (1f / (1 << 23))) - 1) * scale) + (scale / 2))];
}
