// A program of somebody else: it knows the packages, nothing of the repository.
using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;
using ResNeXt.Training;

var ml = new MLContext(seed: 1);
IDataView photos = ml.Data.LoadFromEnumerable(ImageFolder.Enumerate(args[0]));
var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.MulticlassClassification.Trainers.ResNeXt(new ResNeXtTrainerOptions { Architecture = "resnext11_2x4d_cifar", ImageSize = 16, Epochs = 2 }))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
using var model = pipeline.Fit(photos);
Console.WriteLine($"{model.Transform(photos).GetColumn<string>("PredictedLabel").Count()} photos, {model.OfType<ResNeXtTransformer>().Single().Training!.Epochs} epochs");
