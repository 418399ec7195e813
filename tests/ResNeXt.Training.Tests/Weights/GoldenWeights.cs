using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>The files that <c>make_goldens.py</c> made, and what PyTorch reads from them.</summary>
internal static class GoldenWeights
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Weights", "Goldens");

    private static readonly Dictionary<string, Dictionary<string, GoldenTensor>> Expected = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, GoldenTensor>>>(
        File.ReadAllText(PathOf("expected.json")), JsonSerializerOptions.Web)!;

    public static IReadOnlyCollection<string> Names => Expected.Keys;

    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Names in order, types, shapes and every value.</summary>
    public static void AssertEqual(string name, WeightsFile file)
    {
        Assert.Equal(Expected[name].Keys, file.Names);
        Assert.All(Expected[name], pair =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor tensor = file.Read(pair.Key);
            Assert.Equal(pair.Value.Type, ElementType.Of(tensor.dtype).TorchName);
            Assert.Equal(pair.Value.Shape, tensor.shape);
            Assert.Equal(pair.Value.Shape, file.Shape(pair.Key));
            Assert.True(tensor.is_contiguous());
            Assert.Equal(pair.Value.Values, tensor.numel() == 0 ? [] : tensor.to(ScalarType.Float64).data<double>().ToArray());
        });
    }

    private sealed record GoldenTensor(string Type, long[] Shape, double[] Values);
}
