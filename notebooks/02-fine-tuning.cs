#!/usr/bin/env dotnet
// Made from 02-fine-tuning.ipynb by NotebookTwinTests with UPDATE_DOCS=1: change that, not this.
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

var page = new FigurePage("02-fine-tuning.html", "2. Train the network itself, inside `Fit`");

// # 2. Train the network itself, inside `Fit`
//
// When the features of a network that has seen other photos are not enough, train it on yours. `MulticlassClassification.Trainers.ResNeXt` does that inside `Fit`, and what comes out is an ordinary ML.NET model.
//
// Nothing here goes to the internet. Without photos of your own, draw the quickstart's: `dotnet run -c Release --project samples/Quickstart -- draw photos`, in the folder that you run this in.
page.AddText("2. Train the network itself, inside `Fit`", "When the features of a network that has seen other photos are not enough, train it on yours. `MulticlassClassification.Trainers.ResNeXt` does that inside `Fit`, and what comes out is an ordinary ML.NET model.\n\nNothing here goes to the internet. Without photos of your own, draw the quickstart's: `dotnet run -c Release --project samples/Quickstart -- draw photos`, in the folder that you run this in.");

var ml = new MLContext(seed: 1);
var photos = ml.Data.LoadFromEnumerable(ImageFolder.Enumerate("photos"));
var split = ml.Data.TrainTestSplit(photos, testFraction: 0.25, seed: 1);
display($"{split.TrainSet.GetColumn<string>("Label").Count()} photos to train with, {split.TestSet.GetColumn<string>("Label").Count()} to test with");

// ## What the trainer tells while it works
//
// Once an epoch, that is once all photos have been seen, it reports where it stands.
page.AddText("What the trainer tells while it works", "Once an epoch, that is once all photos have been seen, it reports where it stands.");


var log = new Log();

// ## Training
//
// From the weights of the small network that comes with the library, which has seen many other photos, on small pictures, so that it ends in a minute or two on two cores. With `Weights = "resnext50_32x4d"` (published weights, `resnext weights pull`) and 224 pixels a few epochs on a hundred photos are enough. A folder for the run keeps the model as a file, with a report.
page.AddText("Training", "From the weights of the small network that comes with the library, which has seen many other photos, on small pictures, so that it ends in a minute or two on two cores. With `Weights = \"resnext50_32x4d\"` (published weights, `resnext weights pull`) and 224 pixels a few epochs on a hundred photos are enough. A folder for the run keeps the model as a file, with a report.");

string run = $"run-{DateTime.Now:yyyyMMdd-HHmmss}";
var options = new ResNeXtTrainerOptions
{
    Weights = "resnext29_8x8d_small.distilled",
    ImageSize = 64,
    Resize = 64,
    Epochs = 6,
    Optimizer = OptimizerKind.AdamW,
    LearningRate = 0.001,
    BackboneLearningRateScale = 1, // every layer has to learn: drawn parts are unlike those photos
    CropScale = 0.8, // a dent must stay in the picture
    Seed = 1,
    ActivationMaps = true, // for the heat maps below
    OutputFolder = run,
    Progress = log,
};
var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
    .Append(ml.MulticlassClassification.Trainers.ResNeXt(options))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

var model = pipeline.Fit(split.TrainSet);

// ## How it went
//
// The loss should fall in training and in validation. Where the two part for good, the network learns the photos by heart: stop earlier, or take more photos or stronger augmentation.
page.AddText("How it went", "The loss should fall in training and in validation. Where the two part for good, the network learns the photos by heart: stop earlier, or take more photos or stronger augmentation.");

display(Show.Lines("Loss", "epoch", "cross-entropy, nats",
    ("training", log.Epochs.Select(epoch => ((double)epoch.Epoch, epoch.TrainLoss))),
    ("validation", log.Epochs.Select(epoch => ((double)epoch.Epoch, epoch.ValLoss)))));

display(Show.Lines("Photos of the validation that are right", "epoch", "%",
    ("validation", log.Epochs.Select(epoch => ((double)epoch.Epoch, epoch.ValTop1 * 100)))));

// ## On photos that it has never seen
page.AddText("On photos that it has never seen", "");

var metrics = ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
var labels = ImageFolder.Enumerate("photos").Select(photo => photo.Label).Distinct().Order(StringComparer.Ordinal).ToArray();
display($"{metrics.MicroAccuracy:P1} of the test photos are right.");
display(Show.Confusion(metrics.ConfusionMatrix, labels));

// ## Where it looks
//
// Below a photo stands what it is, below its heat map what the network takes it for. Red is what spoke for the answer (Grad-CAM). A network that looks at the background has learned the background.
page.AddText("Where it looks", "Below a photo stands what it is, below its heat map what the network takes it for. Red is what spoke for the answer (Grad-CAM). A network that looks at the background has learned the background.");

var predictor = ResNeXtPredictor.Load(Path.Combine(run, "model.onnx"));
var some = split.TestSet.GetColumn<string>("ImagePath").Zip(split.TestSet.GetColumn<string>("Label")).Chunk(34).Select(photos => photos[0]);
display(Show.HeatMaps(predictor, some));

// ## What to ship
//
// `model.onnx` needs no libtorch where it is used: `ml.Transforms.ClassifyImages("ImagePath", "model.onnx")`, or `ResNeXtPredictor` without ML.NET around it. `report.html` shows everything about the training on one page.
page.AddText("What to ship", "`model.onnx` needs no libtorch where it is used: `ml.Transforms.ClassifyImages(\"ImagePath\", \"model.onnx\")`, or `ResNeXtPredictor` without ML.NET around it. `report.html` shows everything about the training on one page.");

display(Show.Table(new DirectoryInfo(run).GetFiles().OrderBy(file => file.Name).Select(file => new { File = file.Name, Kilobytes = file.Length / 1000 })));

Console.WriteLine($"Look at {System.IO.Path.GetFullPath("02-fine-tuning.html")}.");

void display(object value)
{
    page.Add(value);
    Console.WriteLine(value is Figure figure ? $"({figure.MimeType}, on the page)" : value);
}

class Log : IProgress<EpochMetrics>
{
    public List<EpochMetrics> Epochs { get; } = [];

    public void Report(EpochMetrics epoch) => Epochs.Add(epoch);
}
