using System.Diagnostics;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ResNeXt.Training;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Benchmarks;

/// <summary>
/// Three blocks of each stage of a ResNeXt-50 32x4d alone in a graph, with the groups as trained and merged to 8 to 64 channels, in float
/// and in 8 bits, in batches of 1, 8 and 32: what the exporter's rule comes from. All variants of a stage and batch in turn, medians.
/// </summary>
internal static class GroupsBenchmark
{
    private static readonly int[] Widths = [0, 8, 16, 32, 64, 128];

    public static void Run(string file)
    {
        List<string> table = ["| stage | precision | batch | as trained, images/s |" + string.Concat(Widths.Skip(1).Select(w => $" {w} channels |")), "|---|---|---|---|" + string.Concat(Widths.Skip(1).Select(_ => "---|"))];
        Console.WriteLine(table[0]);
        foreach (int stage in (int[])[0, 1, 2, 3])
        {
            foreach (bool int8 in (bool[])[false, true])
            {
                foreach (int batch in (int[])[1, 8, 32])
                {
                    double[] rates = Rates(stage, int8, batch);
                    table.Add(FormattableString.Invariant($"| conv{stage + 2} | {(int8 ? "int8" : "fp32")} | {batch} | {rates[0]:F1} |") + string.Concat(rates.Skip(1).Select(rate => FormattableString.Invariant($" {rate / rates[0]:F2} |"))));
                    Console.WriteLine(table[^1]);
                }
            }
        }

        BenchmarkReport.Write(file, "Groups: grouped convolutions as trained and merged to wider groups", "groups", table);
    }

    private static double[] Rates(int stage, bool int8, int batch)
    {
        const int Rounds = 5;
        InferenceSession[] sessions = [.. Widths.Select(width => new InferenceSession(Model(stage, width, int8)))];
        int channels = 256 << stage, size = 56 >> stage;
        float[] pixels = [.. Enumerable.Range(0, batch * channels * size * size).Select(i => (i * 7919 % 1000) / 1000f)];
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(pixels, [batch, channels, size, size]);
        using var options = new RunOptions();
        int repeats = Math.Max(1, 16 / batch);
        double[][] seconds = [.. sessions.Select(_ => new double[Rounds])];
        for (int round = -1; round < Rounds; round++)
        {
            for (int i = 0; i < sessions.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int repeat = 0; repeat < repeats; repeat++)
                {
                    using IDisposableReadOnlyCollection<OrtValue> _ = sessions[i].Run(options, ["x"], [input], ["y"]);
                }

                if (round >= 0)
                {
                    seconds[i][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                }
            }
        }

        Array.ForEach(sessions, session => session.Dispose());
        return [.. seconds.Select(s => repeats * batch / s.Order().ElementAt(Rounds / 2))];
    }

    private static byte[] Model(int stage, int width, bool int8)
    {
        var random = new Random(stage);
        var graph = new OnnxGraph();
        int output = 256 << stage, inner = 128 << stage, size = 56 >> stage;
        string x = graph.Input("x", null, output, size, size);
        for (int block = 0; block < 3; block++)
        {
            string y = Convolution($"b{block}.1", x, output, inner, 1, 1);
            y = graph.Node("Relu", $"b{block}.1.relu", [y]);
            y = Convolution($"b{block}.2", y, inner, inner, 3, 32);
            y = graph.Node("Relu", $"b{block}.2.relu", [y]);
            y = Convolution($"b{block}.3", y, inner, output, 1, 1);
            x = graph.Node("Relu", $"b{block}.out", [graph.Node("Add", $"b{block}.add", [y, x])]);
        }

        graph.Output(graph.Node("GlobalAveragePool", "y", [x]), null, output, 1, 1);
        ModelProto model = graph.ToModel("benchmark", "0", "", new Dictionary<string, string>());
        if (width > 0)
        {
            GroupMerger.Merge(model.Graph, width);
        }

        if (int8)
        {
            var ranges = QdqRewriter.Tensors(model).ToDictionary(name => name, name => new ActivationRange(name.EndsWith('3') ? -2 : 0, 2));
            model = QdqRewriter.Rewrite(model, ranges, new HashSet<string>(), 7);
        }

        return model.ToByteArray();

        string Convolution(string name, string input, int from, int to, int kernel, int groups)
        {
            float[] weight = [.. Enumerable.Range(0, to * (from / groups) * kernel * kernel).Select(_ => (float)(random.NextDouble() - 0.5) / (from / groups * kernel))];
            var folded = new FoldedConvolution(weight, new float[to], [to, from / groups, kernel, kernel], 1, kernel / 2, groups);
            return OnnxExporter.Convolution(graph, name, input, folded);
        }
    }
}
