using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class BadImagePolicyTests(TestImages images) : IClassFixture<TestImages>
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>Good, missing, good, text, empty, truncated, good.</summary>
    private List<PathRow> Mixed()
    {
        byte[] whole = File.ReadAllBytes(images.Paths[3]);
        return Rows.Of(
        [
            images.Paths[0], "/no/such/image.jpg", images.Paths[1], images.NewFile(".jpg", "text"u8.ToArray()), "",
            images.NewFile(".png", whole[..(whole.Length / 2)]), images.Paths[2],
        ]);
    }

    private static readonly bool[] HasImage = [true, false, true, false, false, false, true];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public void Featurize_Missing_GivesNaNAndSaysSo(int batchSize)
    {
        FeaturizeImagesOptions options = new() { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, BadImages = BadImagePolicy.Missing, BatchSize = batchSize };
        IDataView photos = _ml.Data.LoadFromEnumerable(Mixed());
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages(options).Fit(photos);
        IDataView data = transformer.Transform(photos);

        float[][] features = [.. data.GetColumn<float[]>("Features")];
        Assert.Equal(HasImage, data.GetColumn<bool>("HasImage"));
        Assert.All(features.Zip(HasImage), pair => Assert.All(pair.First, value => Assert.Equal(pair.Second, float.IsFinite(value))));
        Assert.All(features, row => Assert.Equal(transformer.Metadata.FeatureWidth, row.Length));
    }

    [Fact]
    public void Classify_Missing_GivesTheMissingKey()
    {
        ClassifyImagesOptions options = new() { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, BadImages = BadImagePolicy.Missing, HasImageColumnName = "Readable" };
        IDataView photos = _ml.Data.LoadFromEnumerable(Mixed());
        using ResNeXtTransformer transformer = _ml.Transforms.ClassifyImages(options).Fit(photos);
        IDataView data = transformer.Transform(photos);

        Assert.Equal(HasImage, data.GetColumn<bool>("Readable"));
        Assert.Equal(HasImage, data.GetColumn<uint>("PredictedLabel").Select(key => key > 0));
        Assert.Equal(HasImage, data.GetColumn<float[]>("Score").Select(row => row.Length == Rows.Labels.Length && !row.Any(float.IsNaN)));
    }

    [Fact]
    public async Task Everywhere_AnswerThatIsNotANumber_IsAnError()
    {
        string model = images.NewModelWithoutAnswer();
        IDataView photos = _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths.Take(3)));
        using ResNeXtTransformer strict = _ml.Transforms.ClassifyImages(new ClassifyImagesOptions { InputColumnName = "ImagePath", ModelFile = model }).Fit(photos);
        Assert.Contains("is not a number", Assert.Throws<InvalidDataException>(() => strict.Transform(photos).GetColumn<float[]>("Score").ToArray()).Message, StringComparison.Ordinal);

        using ResNeXtTransformer lenient = _ml.Transforms.ClassifyImages(
            new ClassifyImagesOptions { InputColumnName = "ImagePath", ModelFile = model, BadImages = BadImagePolicy.Missing }).Fit(photos);
        Assert.Equal([false, false, false], lenient.Transform(photos).GetColumn<bool>("HasImage"));

        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(model, ExecutionDevice.Cpu);
        Assert.Contains("is not a number", Assert.Throws<InvalidDataException>(() => predictor.Predict(images.Paths[0])).Message, StringComparison.Ordinal);
        await using var batching = new BatchingPredictor(predictor);
        Assert.Contains("is not a number", (await Assert.ThrowsAsync<InvalidDataException>(() => batching.PredictAsync(images.Paths[0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Engine_MissingThenGood_TellsThemApartAlsoAfterReload()
    {
        FeaturizeImagesOptions options = new() { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, BadImages = BadImagePolicy.Missing };
        IDataView photos = _ml.Data.LoadFromEnumerable(Mixed());
        string zip = images.NewFile(".zip");
        using (ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages(options).Fit(photos))
        {
            _ml.Model.Save(transformer, photos.Schema, zip);
        }

        using var engine = _ml.Model.CreatePredictionEngine<PathRow, HasImageRow>(new MLContext().Model.Load(zip, out _));
        Assert.Equal(HasImage, Mixed().Select(row => engine.Predict(row).HasImage));
    }

    [Fact]
    public void Missing_AfterIt_RowsWithoutImageCanBeFilteredOut()
    {
        FeaturizeImagesOptions options = new() { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, BadImages = BadImagePolicy.Missing };
        IDataView photos = _ml.Data.LoadFromEnumerable(Mixed());
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages(options).Fit(photos);

        IDataView good = _ml.Data.FilterRowsByMissingValues(transformer.Transform(photos), "Features");

        Assert.Equal([0, 2, 6], good.GetColumn<int>("Number"));
    }

    [Fact]
    public void Missing_ColumnNameTakenTwice_NamesIt()
    {
        FeaturizeImagesOptions options = new()
        {
            InputColumnName = "ImagePath",
            ModelFile = TestImages.TinyModel,
            BadImages = BadImagePolicy.Missing,
            HasImageColumnName = "Features",
        };

        Assert.Contains("'Features'", Assert.Throws<ArgumentException>(() => _ml.Transforms.FeaturizeImages(options)).Message, StringComparison.Ordinal);
    }

    private sealed class HasImageRow
    {
        public bool HasImage { get; set; }
    }
}
