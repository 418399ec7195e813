#!/usr/bin/env dotnet
// Made from 01-transfer-learning.ipynb by NotebookTwinTests with UPDATE_DOCS=1: change that, not this.
#:project ../src/ResNeXt.Training
#:property UsesOnnxRuntime=true
#:property UsesTorch=false
#:property PublishAot=false
#:property EnforceCodeStyleInBuild=false
#:property AnalysisLevel=none
using Microsoft.ML.Data;
using Microsoft.ML;
using ResNeXt.MLNet;
using ResNeXt.Training;

var page = new FigurePage("01-transfer-learning.html", "1. Transfer learning with ML.NET");

// # 1. Transfer learning with ML.NET
//
// You have photos in a folder for each class, and want a program that tells the classes apart. A network that has already seen many photos turns each of yours into a list of numbers, its *features*; an ordinary ML.NET trainer then learns from those numbers. That takes seconds, and no GPU.
//
// Nothing here goes to the internet. Without photos of your own, draw the quickstart's: `dotnet run -c Release --project samples/Quickstart -- draw photos`, in the folder that you run this in.
page.AddText("1. Transfer learning with ML.NET", "You have photos in a folder for each class, and want a program that tells the classes apart. A network that has already seen many photos turns each of yours into a list of numbers, its *features*; an ordinary ML.NET trainer then learns from those numbers. That takes seconds, and no GPU.\n\nNothing here goes to the internet. Without photos of your own, draw the quickstart's: `dotnet run -c Release --project samples/Quickstart -- draw photos`, in the folder that you run this in.");

string folder = "photos";
var photos = ImageFolder.Enumerate(folder);
display(Show.Table(photos.GroupBy(photo => photo.Label).Select(group => new { Class = group.Key, Photos = group.Count() })));

// ## What is to be told apart
//
// Three photos of each class. If you can hardly tell them apart, the network will have a hard time, too.
page.AddText("What is to be told apart", "Three photos of each class. If you can hardly tell them apart, the network will have a hard time, too.");

display(Show.Images(photos.GroupBy(photo => photo.Label).SelectMany(group => group.Take(3)).Select(photo => (photo.ImagePath, photo.Label))));

// ## Some photos to learn from, some to test with
//
// A model must be judged by photos that it has never seen. Three of ten are put aside.
page.AddText("Some photos to learn from, some to test with", "A model must be judged by photos that it has never seen. Three of ten are put aside.");

var ml = new MLContext(seed: 1);
var split = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(photos), testFraction: 0.3, seed: 1);

// ## The pipeline
//
// `FeaturizeImages` reads, resizes and scores the photos in batches. Without a model file it takes the small network that comes with the package, which learned from a ResNet-18 what there is to see in photos. Published ImageNet weights, a third argument, are better, and slower: `resnext weights pull resnext50_32x4d`, and then `FeaturizeImages("Features", "ImagePath", "resnext50_32x4d")`.
page.AddText("The pipeline", "`FeaturizeImages` reads, resizes and scores the photos in batches. Without a model file it takes the small network that comes with the package, which learned from a ResNet-18 what there is to see in photos. Published ImageNet weights, a third argument, are better, and slower: `resnext weights pull resnext50_32x4d`, and then `FeaturizeImages(\"Features\", \"ImagePath\", \"resnext50_32x4d\")`.");

var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
    .Append(ml.Transforms.FeaturizeImages("Features", "ImagePath"))
    .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
    .AppendCacheCheckpoint(ml)
    .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 100))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

var model = pipeline.Fit(split.TrainSet);

// ## How good is it?
//
// On the photos that were put aside. In the matrix a row is a true class, and a column what its photos were taken for: what is right stands on the diagonal.
page.AddText("How good is it?", "On the photos that were put aside. In the matrix a row is a true class, and a column what its photos were taken for: what is right stands on the diagonal.");

var metrics = ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
var labels = photos.Select(photo => photo.Label).Distinct().Order(StringComparer.Ordinal).ToArray();
display($"{metrics.MicroAccuracy:P1} of the photos put aside are right; guessing would give {1.0 / labels.Length:P0}.");
display(Show.Confusion(metrics.ConfusionMatrix, labels));

// ## Keep it, and use it elsewhere
//
// The saved file holds everything, the network too. Any program that references `ResNeXt.MLNet` loads it as it would load every other ML.NET model.
page.AddText("Keep it, and use it elsewhere", "The saved file holds everything, the network too. Any program that references `ResNeXt.MLNet` loads it as it would load every other ML.NET model.");

ml.Model.Save(model, split.TrainSet.Schema, "photos.zip");

var loaded = new MLContext().Model.Load("photos.zip", out _);
var answers = loaded.Transform(split.TestSet);
var shown = answers.GetColumn<string>("ImagePath").Zip(answers.GetColumn<string>("PredictedLabel"), split.TestSet.GetColumn<string>("Label"))
    .Select(row => (row.First, row.Second == row.Third ? row.Second : $"{row.Second}, not {row.Third}")).Take(12);
display(Show.Images(shown));

Console.WriteLine($"Look at {System.IO.Path.GetFullPath("01-transfer-learning.html")}.");

void display(object value)
{
    page.Add(value);
    Console.WriteLine(value is Figure figure ? $"({figure.MimeType}, on the page)" : value);
}
