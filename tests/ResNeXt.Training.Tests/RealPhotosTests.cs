using Microsoft.ML;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary>Ants and bees: photos of many sizes as people have them, a GIF and a name with a space among them.</summary>
public sealed class RealPhotosTests(Shapes shapes)
{
    [Fact]
    public async Task Photos_ThroughEveryVerbAndMLNet_NeedNoHelp()
    {
        string data = RepositoryFiles.DataOrSkip("hymenoptera");
        string training = Path.Combine(data, "train"), validation = Path.Combine(data, "val");
        string output = shapes.NewPath(), csv = shapes.NewPath(".csv");

        CommandRun train = await CommandRun.StartAsync(
            "train", "--data", training, "--val", validation, "--out", output, "--arch", "resnext14_2x4d", "--image-size", "48", "--epochs", "1", "--json");
        string model = train.Json.GetProperty("model").GetString()!;
        CommandRun evaluate = await CommandRun.StartAsync("evaluate", "--model", model, "--data", validation, "--json");
        CommandRun featurize = await CommandRun.StartAsync("featurize", "--model", model, "--input", training, "--output", csv, "--json");
        CommandRun predict = await CommandRun.StartAsync(
            "predict", "--model", model, Path.Combine(training, "ants", "ant photos.jpg"), Path.Combine(training, "ants", "imageNotFound.gif"), "--json");

        Assert.Equal([0, 0, 0, 0], [train.ExitCode, evaluate.ExitCode, featurize.ExitCode, predict.ExitCode]);
        Assert.Equal((153, 0), (evaluate.Json.GetProperty("count").GetInt32(), evaluate.Json.GetProperty("skipped").GetInt32()));
        Assert.Equal(train.Json.GetProperty("valTop1").GetDouble(), evaluate.Json.GetProperty("top1").GetDouble(), 0.01); // two runtimes: a tie may fall apart
        Assert.Equal((ImageFolder.Files(training).Count, 0), (featurize.Json.GetProperty("count").GetInt32(), featurize.Json.GetProperty("skipped").GetInt32()));
        Assert.All(predict.Json.GetProperty("predictions").EnumerateArray(), prediction => Assert.Equal(2, prediction.GetProperty("labels").GetArrayLength()));

        var ml = new MLContext(seed: 1);
        IDataView photos = ml.Data.LoadFromEnumerable(ImageFolder.Enumerate(training));
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.FeaturizeImages("Features", "ImagePath", model))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        var metrics = ml.MulticlassClassification.Evaluate(pipeline.Fit(photos).Transform(ml.Data.LoadFromEnumerable(ImageFolder.Enumerate(validation))));
        Assert.Equal(2, metrics.ConfusionMatrix.NumberOfClasses);
        Assert.Equal(153, metrics.ConfusionMatrix.Counts.Sum(row => row.Sum()));
    }
}
