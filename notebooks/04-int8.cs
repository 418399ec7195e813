#!/usr/bin/env dotnet
// Made from 04-int8.ipynb by NotebookTwinTests with UPDATE_DOCS=1: change that, not this.
#:project ../src/ResNeXt.Training
#:property UsesOnnxRuntime=true
#:property UsesTorch=true
#:property PublishAot=false
#:property EnforceCodeStyleInBuild=false
#:property AnalysisLevel=none
using Microsoft.ML.Data;
using Microsoft.ML;
using ResNeXt.MLNet;
using ResNeXt.Training;
using System.Diagnostics;

var page = new FigurePage("04-int8.html", "4. Eight bits instead of 32");

// # 4. Eight bits instead of 32
//
// A network in 8-bit integers is a third to a quarter of the size and, on processors with instructions for it (VNNI: Intel since 2019, AMD since 2022), 1.7 to 2.8 times as fast (docs/performance.md). This notebook trains the small network that comes with the library, brings it to 8 bits, and looks at what it costs.
//
// Nothing here goes to the internet. Without photos of your own, draw the quickstart's: `dotnet run -c Release --project samples/Quickstart -- draw photos`, in the folder that you run this in.
page.AddText("4. Eight bits instead of 32", "A network in 8-bit integers is a third to a quarter of the size and, on processors with instructions for it (VNNI: Intel since 2019, AMD since 2022), 1.7 to 2.8 times as fast (docs/performance.md). This notebook trains the small network that comes with the library, brings it to 8 bits, and looks at what it costs.\n\nNothing here goes to the internet. Without photos of your own, draw the quickstart's: `dotnet run -c Release --project samples/Quickstart -- draw photos`, in the folder that you run this in.");

var ml = new MLContext(seed: 1);
var split = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(ImageFolder.Enumerate("photos")), testFraction: 0.25, seed: 1);
string run = $"run-{DateTime.Now:yyyyMMdd-HHmmss}";
var trainer = ml.MulticlassClassification.Trainers.ResNeXt(new ResNeXtTrainerOptions
{
    Weights = "resnext29_8x8d_small.distilled", ImageSize = 64, Resize = 64, Epochs = 4, Optimizer = OptimizerKind.AdamW, LearningRate = 0.001, BackboneLearningRateScale = 1, CropScale = 0.8, Seed = 2, OutputFolder = run,
});
var trained = ml.Transforms.Conversion.MapValueToKey("Label").Append(trainer).Fit(split.TrainSet);

// ## Calibration
//
// The quantiser looks at typical photos to see how large the values inside the network become, tries four ways to choose their ranges, and keeps the one that is nearest to the float network on photos held back. A quarter of the photos given has no part in the choice of ranges.
page.AddText("Calibration", "The quantiser looks at typical photos to see how large the values inside the network become, tries four ways to choose their ranges, and keeps the one that is nearest to the float network on photos held back. A quarter of the photos given has no part in the choice of ranges.");

string float32 = Path.Combine(run, "model.onnx"), int8 = Path.Combine(run, "model-int8.onnx");
var report = ModelQuantizer.Quantize(float32, int8, split.TrainSet.GetColumn<string>("ImagePath").Take(200).ToArray());
display(Show.Table(report.Methods.Select(method => new { Method = method.Key, SameClass = method.Value.Top1Agreement, CosineOfFeatures = method.Value.MeanCosine })));
display($"taken: {report.Method}; {new FileInfo(float32).Length / 1000} kB have become {new FileInfo(int8).Length / 1000} kB");

// ## Layer by layer
//
// The signal in decibels above the error that 8 bits bring, for each tensor. 20 dB is an error of a tenth, 40 dB of a hundredth. A layer that is far below its neighbours could stay in float: `KeepFloat`.
page.AddText("Layer by layer", "The signal in decibels above the error that 8 bits bring, for each tensor. 20 dB is an error of a tenth, 40 dB of a hundredth. A layer that is far below its neighbours could stay in float: `KeepFloat`.");

display(Show.Bars("Signal above the error of 8 bits", "dB", report.Layers.Select(layer => (layer.Name, Math.Round(layer.SignalToNoise, 1)))));

// ## Accuracy and speed, side by side
//
// The same photos through both files, twice in turn. What comes out depends on your processor: without VNNI 8 bits may even be slower.
page.AddText("Accuracy and speed, side by side", "The same photos through both files, twice in turn. What comes out depends on your processor: without VNNI 8 bits may even be slower.");

(double Accuracy, double PerSecond) Measure(string file)
{
    var labelled = ml.Transforms.Conversion.MapValueToKey("Label").Fit(split.TrainSet).Transform(split.TestSet);
    using var classifier = ml.Transforms.ClassifyImages("ImagePath", file).Fit(labelled);
    var time = Stopwatch.StartNew();
    var answers = ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(classifier.Transform(labelled)).Transform(classifier.Transform(labelled));
    var pairs = answers.GetColumn<string>("PredictedLabel").Zip(split.TestSet.GetColumn<string>("Label")).ToArray();
    return (pairs.Average(pair => pair.First == pair.Second ? 1.0 : 0), pairs.Length / time.Elapsed.TotalSeconds);
}

Measure(float32);
var rows = new[] { float32, int8, float32, int8 }.Select(file => (File: Path.GetFileName(file), Result: Measure(file))).ToArray();
display(Show.Table(rows.Select(row => new { row.File, Right = row.Result.Accuracy.ToString("P1"), PhotosPerSecond = Math.Round(row.Result.PerSecond) })));
display(Show.Bars("Photos a second, decoding included", "photos/s", rows.Take(2).Select(row => (row.File, Math.Round(row.Result.PerSecond)))));

Console.WriteLine($"Look at {System.IO.Path.GetFullPath("04-int8.html")}.");

void display(object value)
{
    page.Add(value);
    Console.WriteLine(value is Figure figure ? $"({figure.MimeType}, on the page)" : value);
}
