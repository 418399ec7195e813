// A program of somebody else: it knows the packages, nothing of the repository.
using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;

var ml = new MLContext(seed: 1);
IDataView photos = ml.Data.LoadFromEnumerable(ImageFolder.Enumerate(args[0]));
var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.Transforms.FeaturizeImages("Features", "ImagePath"))
    .AppendCacheCheckpoint(ml)
    .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
var model = pipeline.Fit(photos);
string zip = Path.Combine(Path.GetTempPath(), Guid.NewGuid() + ".zip");
ml.Model.Save(model, photos.Schema, zip);
ITransformer loaded = new MLContext().Model.Load(zip, out _);
File.Delete(zip);

string[] before = [.. model.Transform(photos).GetColumn<string>("PredictedLabel")], after = [.. loaded.Transform(photos).GetColumn<string>("PredictedLabel")];
if (!before.SequenceEqual(after))
{
    Console.Error.WriteLine("error: the loaded model answers otherwise than the saved one.");
    return 1;
}

Console.WriteLine($"{before.Length} photos, {before.Zip(photos.GetColumn<string>("Label")).Count(pair => pair.First == pair.Second)} right");
return 0;
