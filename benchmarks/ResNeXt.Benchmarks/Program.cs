using System.Globalization;
using ResNeXt.Benchmarks;

switch (args)
{
    case ["training", string file]:
        TrainingBenchmark.Run(file);
        return 0;
    case ["training-steps", string way, string architecture, string imageSize, string batchSize]: // the benchmark's own child
        Console.WriteLine(TrainingSteps.Measure(
            Enum.Parse<TrainingWay>(way), architecture, int.Parse(imageSize, CultureInfo.InvariantCulture), int.Parse(batchSize, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture));
        return 0;
    case ["groups", string groupsFile]:
        GroupsBenchmark.Run(groupsFile);
        return 0;
    case ["pixels", string directory, string file]:
        PixelBenchmark.Run(directory, file);
        return 0;
    case ["weights", string architecture, .. string[] weights, string file] when weights.Length > 0:
        WeightsBenchmark.Run(architecture, weights, file);
        return 0;
    case ["weights-load", string architecture, string file]: // the benchmark's own child
        Console.WriteLine(string.Join(' ', WeightsBenchmark.Measure(architecture, file).Select(value => value.ToString(CultureInfo.InvariantCulture))));
        return 0;
    case ["latency", string model, string directory, string file]:
        LatencyBenchmark.Run(model, directory, file);
        return 0;
    case ["batching", string model, string directory, string file]:
        BatchingBenchmark.Run(model, directory, file);
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: ResNeXt.Benchmarks training FILE.md | groups FILE.md | pixels DIR FILE.md | weights ARCH WEIGHTS... FILE.md | latency MODEL.onnx DIR FILE.md | batching MODEL.onnx DIR FILE.md");
        return 2;
}
