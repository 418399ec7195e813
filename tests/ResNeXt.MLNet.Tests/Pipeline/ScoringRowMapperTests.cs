using Microsoft.ML;

namespace ResNeXt.MLNet.Tests;

public sealed class ScoringRowMapperTests : IClassFixture<TestImages>, IDisposable
{
    private static readonly PredictionEngineOptions Shared = new() { OwnsTransformer = false };

    private readonly MLContext _ml = new(seed: 1);
    private readonly TestImages _images;
    private readonly ResNeXtTransformer _transformer;
    private readonly float[][] _expected;

    public ScoringRowMapperTests(TestImages images)
    {
        _images = images;
        IDataView photos = _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));
        _transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel).Fit(photos);
        _expected = Rows.Features(_ml, _transformer.Transform(photos));
    }

    [Fact]
    public void Predict_OneByOne_EqualsTheBatches()
    {
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, FeatureRow>(_transformer, Shared);
        Assert.Equal(_expected, _images.Paths.Select(path => engine.Predict(new PathRow { ImagePath = path }).Features));
    }

    [Fact]
    public async Task Predict_ManyEnginesOverOneTransformer_DoNotMeet()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), TestContext.Current.CancellationToken, (start, _) =>
        {
            using var engine = _ml.Model.CreatePredictionEngine<PathRow, FeatureRow>(_transformer, Shared);
            for (int i = start; i < _images.Paths.Count; i++)
            {
                Assert.Equal(_expected[i], engine.Predict(new PathRow { ImagePath = _images.Paths[i] }).Features);
            }

            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public async Task Predict_OneEngineOnManyThreads_ThrowsAndGivesNoWrongAnswer()
    {
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, FeatureRow>(_transformer, Shared);
        int wrong = 0, told = 0;
        using var start = new Barrier(8);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (int i = 0; i < 500; i++)
                {
                    int image = (i + (thread * 5)) % _images.Paths.Count;
                    try
                    {
                        wrong += engine.Predict(new PathRow { ImagePath = _images.Paths[image] }).Features.SequenceEqual(_expected[image]) ? 0 : 1;
                    }
                    catch (InvalidOperationException exception) when (exception.Message.Contains("by several threads at once", StringComparison.Ordinal))
                    {
                        Interlocked.Increment(ref told);
                    }
                }
            },
            TaskCreationOptions.LongRunning)));

        Assert.Equal(0, wrong);
        Assert.InRange(told, 3900, 4000);
    }

    [Fact]
    public void Predict_BadImage_ThrowsAndTheNextOneWorks()
    {
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, FeatureRow>(_transformer, Shared);
        var exception = Assert.Throws<InvalidDataException>(() => engine.Predict(new PathRow { ImagePath = "" }));
        Assert.Equal("Column 'ImagePath': The path is empty: expected the path of an image file.", exception.Message);
        Assert.Equal(_expected[3], engine.Predict(new PathRow { ImagePath = _images.Paths[3] }).Features);
    }

    [Fact]
    public void GetDependencies_OurColumn_NeedsTheImageColumnOnly()
    {
        IDataView photos = _ml.Data.LoadFromEnumerable(Rows.Of(_images.Paths));
        var mapper = ((ITransformer)_transformer).GetRowToRowMapper(photos.Schema);
        Assert.Equal(["ImagePath"], mapper.GetDependencies([mapper.OutputSchema["Features"]]).Select(column => column.Name));
        Assert.Equal(["Number"], mapper.GetDependencies([mapper.OutputSchema["Number"]]).Select(column => column.Name));
        Assert.Same(photos.Schema, mapper.InputSchema);
    }

    public void Dispose() => _transformer.Dispose();
}
