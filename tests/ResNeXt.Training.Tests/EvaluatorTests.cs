using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class EvaluatorTests(Shapes shapes, TrainedModel trained)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Evaluate_Views_AveragesTheirProbabilities(int kind)
    {
        var views = (ImageViews)kind;
        using ResNeXtModel model = ResNeXtModel.Load(trained.Result.Model);

        ClassificationMetrics metrics = Evaluator.Evaluate(model, shapes.Images, _ => Assert.Fail("skipped"), (_, _) => { }, default, views: views);

        // One square at a time, by the probabilities of the graph.
        ImagePreprocessing preprocessing = model.Metadata.Preprocessing;
        var preprocessor = new ImagePreprocessor(preprocessing, views);
        byte[] pixels = new byte[CropViews.Count(views) * preprocessing.ByteCount];
        var single = new TensorBatch(1, preprocessing.ImageSize);
        double loss = 0;
        foreach (LabeledImage labeled in shapes.Images)
        {
            using RgbImage image = ImageDecoder.DecodeFile(labeled.ImagePath);
            preprocessor.Process(image, pixels);
            loss -= Math.Log(pixels.Chunk(preprocessing.ByteCount).Average(view =>
            {
                single.Set(0, view);
                return model.Run(single, 1, [ResNeXtMetadata.ProbabilitiesName])[0][0][model.Metadata.Labels.ToList().IndexOf(labeled.Label)];
            }));
        }

        Assert.Equal(loss / shapes.Images.Count, metrics.Loss, 1e-5);
        Assert.Equal(shapes.Images.Count, metrics.Count);
    }
}
