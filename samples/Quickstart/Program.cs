using System.Diagnostics;
using Microsoft.ML;
using Quickstart;
using ResNeXt.MLNet;
using ResNeXt.Training;

try
{
    // The second process: it knows the zip and the photos, nothing of how the model came to be.
    if (args is ["predict", string zip, .. string[] pictures])
    {
        return SecondProcess.Predict(zip, pictures);
    }

    if (args is ["draw", string folder])
    {
        PartsPainter.Paint(folder, count: 1200, seed: 1);
        return 0;
    }

    QuickstartArguments? arguments = QuickstartArguments.Parse(args);
    if (arguments is null)
    {
        return 2;
    }

    var total = Stopwatch.StartNew();
    string output = arguments.Out;

    // 1. Photos: those of --data, or machined parts drawn from a seed.
    string photos = arguments.Data ?? Path.Combine(output, "parts");
    if (arguments.Data is null && !Directory.Exists(photos))
    {
        Report.Step($"drawing 1,200 machined parts in {photos}");
        PartsPainter.Paint(photos, count: 1200, seed: 1);
    }

    PhotoSplit split = PhotoSplit.Of(ImageFolder.Enumerate(photos), seed: 1);

    // 2. Train a small ResNeXt on one part of them and export it.
    Report.Step($"fine-tuning the embedded network on {split.Network.Count} photos");
    string run = Path.Combine(output, $"run-{DateTime.Now:yyyyMMdd-HHmmss}");

    TrainResult trained = new Trainer(
        new TrainOptions
        {
            Data = split.Network,
            Out = run,
            Weights = "resnext29_8x8d_small.distilled", // the small network that comes with the library, which has seen other photos
            ImageSize = 96,
            Epochs = arguments.Epochs,
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 0.001,
            BackboneLearningRateScale = 1, // drawn parts are unlike those photos: every layer has to learn
            CropScale = 0.8, // a defect must stay in the picture
            ValSplit = 0.1,
        },
        Report.Training).Run();

    // 3. Transfer learning in ML.NET: its features and a linear trainer, on photos that the network has not seen.
    Report.Step($"fitting an ML.NET pipeline on {split.Pipeline.Count} more photos");
    var ml = new MLContext(seed: 1);
    IDataView fitPhotos = ml.Data.LoadFromEnumerable(split.Pipeline);
    IDataView heldOut = ml.Data.LoadFromEnumerable(split.HeldOut);
    var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
        .Append(ml.Transforms.FeaturizeImages("Features", "ImagePath", trained.Model))
        .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
        .AppendCacheCheckpoint(ml)
        .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 100)) // every feature may count
        .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
    var model = pipeline.Fit(fitPhotos);

    // 4. Evaluate on photos that neither has seen, with ML.NET's own evaluator, beside a model on raw pixels.
    Report.Step($"evaluating on {split.HeldOut.Count} held-out photos");
    var scoring = Stopwatch.StartNew();
    double accuracy = ml.MulticlassClassification.Evaluate(model.Transform(heldOut)).MicroAccuracy;
    double photosPerSecond = split.HeldOut.Count / scoring.Elapsed.TotalSeconds;
    double baseline = RawPixelBaseline.Accuracy(ml, ml.Data.LoadFromEnumerable(split.Network.Concat(split.Pipeline)), heldOut);

    // 5. Save, and predict in another process.
    string saved = Path.Combine(output, "parts.zip");
    ml.Model.Save(model, fitPhotos.Schema, saved);
    Report.Step("predicting in a second process");
    string predictions = SecondProcess.Start(saved, split.HeldOut.GroupBy(photo => photo.Label).Select(group => group.First().ImagePath));

    Report.Table(
        ("ResNeXt features + LbfgsMaximumEntropy", FormattableString.Invariant($"{accuracy:P1} of {split.HeldOut.Count} held-out photos")),
        ("raw 32x32 pixels + LbfgsMaximumEntropy", FormattableString.Invariant($"{baseline:P1}")),
        ("training", FormattableString.Invariant($"{trained.ImagesPerSecond:F1} images/s")),
        ("scoring in ML.NET", FormattableString.Invariant($"{photosPerSecond:F1} images/s, decoding included")),
        ("network", trained.Model),
        ("ML.NET model", saved),
        ("time", FormattableString.Invariant($"{total.Elapsed.TotalSeconds:F0} s")));
    Console.WriteLine($"\nThe second process says:\n{predictions}");
    return 0;
}
#pragma warning disable CA1031 // the boundary of the program: every failure becomes one line and an exit code
catch (Exception exception)
#pragma warning restore CA1031
{
    Console.Error.WriteLine($"error: {FailureMessage.Of(exception)}");
    return 1;
}
