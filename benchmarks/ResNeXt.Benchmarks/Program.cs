using System.Globalization;
using ResNeXt.Benchmarks;

const string FineTune = "--fine-tune", Sizes = "--sizes";
switch (args)
{
    case ["training", string file]:
        TrainingBenchmark.Run(file);
        return 0;
    case ["training-steps", string way, string architecture, string imageSize, string batchSize]: // the benchmark's own child
        Console.WriteLine(TrainingSteps.Measure(
            Enum.Parse<TrainingWay>(way), architecture, int.Parse(imageSize, CultureInfo.InvariantCulture), int.Parse(batchSize, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture));
        return 0;
    case ["endtoend", .. string[] models, string directory, string file] when models.Length > 0:
        EndToEndBenchmark.Run(models, directory, file);
        return 0;
    case ["loading", string photos, string loadingFile]:
        LoadingBenchmark.Run(photos, loadingFile);
        return 0;
    case ["transfer", .. string[] rest, string file] when rest.Except([FineTune, Sizes]).Any() && file.EndsWith(".md", StringComparison.Ordinal):
        TransferBenchmark.Run([.. rest.Except([FineTune, Sizes]).Select(TransferSet.Parse)], rest.Contains(FineTune), rest.Contains(Sizes), file);
        return 0;
    case ["finetune", .. string[] setsAndAxes, string file] when setsAndAxes.Length > 0:
        FineTuningBenchmark.Run(setsAndAxes, file);
        return 0;
    case ["ranks", string small, string photos, string file]:
        RanksBenchmark.Run(small, photos, file);
        return 0;
    case ["cardinality", string training, string test, string epochs, string seeds, string runs, string file]:
        CardinalityBenchmark.Run(
            training, test, int.Parse(epochs, CultureInfo.InvariantCulture), int.Parse(seeds, CultureInfo.InvariantCulture), runs, file);
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
    case ["coldstart", string model, string photo, string file]:
        ColdStartBenchmark.Run(model, photo, file);
        return 0;
    case ["coldstart-save", string model, string zip]: // the benchmark's own children
        ColdStartBenchmark.Save(model, zip);
        return 0;
    case ["coldstart-predict", string zip, string photo]:
        Console.WriteLine(string.Join(' ', ColdStartBenchmark.Measure(zip, photo).Select(value => value.ToString(CultureInfo.InvariantCulture))));
        return 0;
    case ["soak", string model, string directory, string minutes, string file]:
        SoakBenchmark.Run(model, directory, int.Parse(minutes, CultureInfo.InvariantCulture), file);
        return 0;
    case ["web", string minutes, string file]:
        await WebBenchmark.RunAsync(int.Parse(minutes, CultureInfo.InvariantCulture), file);
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: ResNeXt.Benchmarks VERB ... FILE.md
              endtoend MODEL.onnx... DIR (RESNEXT_PYTHON: beside PyTorch)
              training (RESNEXT_PYTHON: beside PyTorch)
              loading DIR
              transfer [--fine-tune] [--sizes] TRAINING:TEST... (folders of class folders)
              finetune [N@]SET... [AXIS=VALUE,VALUE...]... [@FILE] (SET: a folder of class folders, parts or toys; VALUE: default and others; a CSV beside FILE.md is gone on with)
              ranks SMALL PHOTOS
              cardinality TRAINING TEST EPOCHS SEEDS RUNS
              groups
              pixels DIR
              weights ARCH WEIGHTS...
              latency MODEL.onnx DIR
              batching MODEL.onnx DIR
              coldstart MODEL.onnx PHOTO
              soak MODEL.onnx DIR MINUTES
              web MINUTES
            """);
        return 2;
}
