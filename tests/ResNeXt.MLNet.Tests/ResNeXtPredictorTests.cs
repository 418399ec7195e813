using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class ResNeXtPredictorTests(TestImages images) : IClassFixture<TestImages>, IDisposable
{
    private readonly ResNeXtPredictor _predictor = ResNeXtPredictor.Load(TestImages.TinyModel, ExecutionDevice.Cpu);

    [Fact]
    public void Predict_PathBytesOrPixels_EqualsTheTransformer()
    {
        var ml = new MLContext(seed: 1);
        IDataView photos = ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));
        using ResNeXtTransformer featurizer = ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel).Fit(photos);
        using ResNeXtTransformer classifier = ml.Transforms.ClassifyImages("ImagePath", TestImages.TinyModel).Fit(photos);
        float[][] features = Rows.Features(ml, featurizer.Transform(photos));
        float[][] scores = [.. classifier.Transform(photos).GetColumn<float[]>("Score")];
        for (int i = 0; i < images.Paths.Count; i++)
        {
            using MLImage pixels = MLImage.CreateFromFile(images.Paths[i]);
            foreach (ImagePrediction prediction in new[]
            {
                _predictor.Predict(images.Paths[i]),
                _predictor.Predict(File.ReadAllBytes(images.Paths[i])),
                _predictor.Predict(pixels),
            })
            {
                Assert.Equal(features[i], prediction.Features.ToArray());
                Assert.Equal(scores[i], prediction.Probabilities.ToArray());
            }
        }
    }

    [Fact]
    public void Predict_ManyThreads_EqualsOneThread()
    {
        float[][] expected = [.. images.Paths.Select(path => _predictor.Predict(path).Features.ToArray())];
        Parallel.For(0, 400, i => Assert.Equal(expected[i % expected.Length], _predictor.Predict(images.Paths[i % expected.Length]).Features.ToArray()));
    }

    [Fact]
    public void Predict_Top_NamesTheBestFirst()
    {
        ImagePrediction prediction = _predictor.Predict(images.Paths[0]);
        IReadOnlyList<LabelProbability> all = prediction.Top(9);
        Assert.Equal(Rows.Labels, all.Select(pair => pair.Label).Order(StringComparer.Ordinal));
        Assert.Equal(prediction.Probabilities.ToArray().OrderDescending(), all.Select(pair => pair.Probability));
        Assert.Equal(new LabelProbability(prediction.Label, prediction.Probability), Assert.Single(prediction.Top(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => prediction.Top(0));
    }

    [Fact]
    public void Load_Limits_RefuseLargerImages()
    {
        using var strict = ResNeXtPredictor.Load(TestImages.TinyModel, ExecutionDevice.Cpu, new ImageLimits { MaxPixels = 10 });

        Assert.Contains("expected at most 10", Assert.Throws<InvalidDataException>(() => strict.Predict(images.Paths[0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ResNeXtPredictor.Load(TestImages.TinyModel, ExecutionDevice.Cpu, new ImageLimits { MaxPixels = 0 }));
    }

    [Fact]
    public void Predict_BadImage_ThrowsAndTheNextOneWorks()
    {
        Assert.Contains("gone.jpg", Assert.Throws<FileNotFoundException>(() => _predictor.Predict("gone.jpg")).Message, StringComparison.Ordinal);
        Assert.Equal("'image' is not an image: expected JPEG, PNG, GIF, BMP or WebP.", Assert.Throws<InvalidDataException>(() => _predictor.Predict("text"u8)).Message);
        Assert.Throws<ArgumentNullException>(() => _predictor.Predict((MLImage)null!));
        Assert.NotEmpty(_predictor.Predict(images.Paths[0]).Label);
    }

    [Fact]
    public void Predict_AfterDispose_Throws()
    {
        _predictor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _predictor.Predict(images.Paths[0]));
    }

    public void Dispose() => _predictor.Dispose();
}
