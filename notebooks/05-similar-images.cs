#!/usr/bin/env dotnet
// Made from 05-similar-images.ipynb by NotebookTwinTests with UPDATE_DOCS=1: change that, not this.
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
using System.Numerics.Tensors;

var page = new FigurePage("05-similar-images.html", "5. Find similar images");

// # 5. Find similar images
//
// The features of a photo are a place in a space where similar photos lie near each other. That is enough to search by example, to find duplicates, and to draw a map of a whole set: no labels, no training.
//
// Nothing here goes to the internet. Without photos of your own, draw the quickstart's: `dotnet run -c Release --project samples/Quickstart -- draw photos`, in the folder that you run this in.
page.AddText("5. Find similar images", "The features of a photo are a place in a space where similar photos lie near each other. That is enough to search by example, to find duplicates, and to draw a map of a whole set: no labels, no training.\n\nNothing here goes to the internet. Without photos of your own, draw the quickstart's: `dotnet run -c Release --project samples/Quickstart -- draw photos`, in the folder that you run this in.");

var ml = new MLContext(seed: 1);
var files = ImageFolder.Enumerate("photos").GroupBy(photo => photo.Label).SelectMany(group => group.Take(100)).ToArray();
display($"{files.Length} photos");

// ## A place for each photo
//
// `FeaturizeImages` gives 1,024 numbers for each photo. Brought to length 1, the product of two such lists says how alike the photos are: 1 is the same.
page.AddText("A place for each photo", "`FeaturizeImages` gives 1,024 numbers for each photo. Brought to length 1, the product of two such lists says how alike the photos are: 1 is the same.");

var data = ml.Data.LoadFromEnumerable(files);
var pipeline = ml.Transforms.FeaturizeImages("Features", "ImagePath")
    .Append(ml.Transforms.NormalizeMeanVariance("Features", useCdf: false, fixZero: false))
    .Append(ml.Transforms.NormalizeLpNorm("Features"));
var featurized = pipeline.Fit(data).Transform(data);
float[][] features = featurized.GetColumn<float[]>("Features").ToArray();
display($"{features.Length} photos, {features[0].Length} numbers each");

// ## Photos like this one
//
// The first of each row is the one asked for; the others are the most similar, the nearest first, with their likeness.
page.AddText("Photos like this one", "The first of each row is the one asked for; the others are the most similar, the nearest first, with their likeness.");

IEnumerable<(string, string)> Similar(int asked) => features
    .Select((other, i) => (File: files[i], Likeness: TensorPrimitives.Dot(features[asked], other)))
    .OrderByDescending(pair => pair.Likeness)
    .Take(6)
    .Select((pair, i) => (pair.File.ImagePath, i == 0 ? "like this" : $"{pair.Likeness:F2} {pair.File.Label}"));

display(Show.Images(new[] { 5, 105, 205, 305 }.Where(asked => asked < files.Length).SelectMany(Similar)));

// ## A map of the set
//
// Principal components turn 1,024 numbers into two. Near points are similar photos; what the map shows as groups is what the network finds most different, which need not be your classes.
page.AddText("A map of the set", "Principal components turn 1,024 numbers into two. Near points are similar photos; what the map shows as groups is what the network finds most different, which need not be your classes.");

var map = ml.Transforms.ProjectToPrincipalComponents("Map", "Features", rank: 2, seed: 1).Fit(featurized).Transform(featurized);
float[][] places = map.GetColumn<float[]>("Map").ToArray();
display(Show.Scatter("The photos, by their two principal components", files.Zip(places).Select(pair => (pair.First.Label, (double)pair.Second[0], (double)pair.Second[1]))));

// ## The ends of the map
//
// The photos furthest to the left and to the right: what the first component is about.
page.AddText("The ends of the map", "The photos furthest to the left and to the right: what the first component is about.");

var byPlace = files.Zip(places).OrderBy(pair => pair.Second[0]).Select(pair => (pair.First.ImagePath, pair.First.Label)).ToArray();
display(Show.Images(byPlace.Take(6).Concat(byPlace.TakeLast(6))));

Console.WriteLine($"Look at {System.IO.Path.GetFullPath("05-similar-images.html")}.");

void display(object value)
{
    page.Add(value);
    Console.WriteLine(value is Figure figure ? $"({figure.MimeType}, on the page)" : value);
}
