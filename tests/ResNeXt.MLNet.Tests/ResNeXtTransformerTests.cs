using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class ResNeXtTransformerTests(TestImages images) : IClassFixture<TestImages>
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView Photos => _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));

    [Fact]
    public void Transform_AnyBatchSize_GivesTheSameBits()
    {
        float[][] expected = Features(1);

        Assert.Equal(40, expected.Length);
        Assert.Equal(expected, Features(7));
        Assert.Equal(expected, Features(32));
        Assert.NotEqual(expected[0], expected[1]);

        float[][] Features(int batchSize)
        {
            using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel, batchSize).Fit(Photos);
            return Rows.Features(_ml, transformer.Transform(Photos));
        }
    }

    [Fact]
    public void Transform_ClassifyImages_GivesProbabilitiesAndTheirLabel()
    {
        using ResNeXtTransformer transformer = _ml.Transforms.ClassifyImages("ImagePath", TestImages.TinyModel).Fit(Photos);
        IDataView scored = transformer.Transform(Photos);
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(Rows.Labels, names.DenseValues().Select(name => name.ToString()));
        VBuffer<ReadOnlyMemory<char>> keys = default;
        scored.Schema["PredictedLabel"].GetKeyValues(ref keys);
        Assert.Equal(Rows.Labels, keys.DenseValues().Select(key => key.ToString()));

        IDataView text = _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored);
        ScoreRow[] rows = [.. _ml.Data.CreateEnumerable<ScoreRow>(text, false)];
        Assert.Equal(40, rows.Length);
        Assert.True(rows.Select(row => row.PredictedLabel).Distinct().Count() > 1);
        Assert.All(rows, row =>
        {
            Assert.Equal(1f, row.Score.Sum(), 1e-5f);
            Assert.Equal(row.Score.Max(), row.Score[Array.IndexOf(Rows.Labels, row.PredictedLabel)]);
        });
    }

    /// <summary>The evaluator compares key numbers: labels in the model's order are measured right, others are refused.</summary>
    [Fact]
    public void Evaluate_LabelKeysInTheModelsOrder_MeasuresAccuracy()
    {
        using ResNeXtTransformer transformer = _ml.Transforms.ClassifyImages("ImagePath", TestImages.TinyModel).Fit(Photos);
        IDataView scored = transformer.Transform(Photos);
        IDataView text = _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored);
        string[] predicted = [.. text.GetColumn<string>("PredictedLabel")];
        PathRow[] rows = [.. Rows.Of(images.Paths)];
        for (int i = 0; i < rows.Length; i++)
        {
            // Three of four labels are what the model says, the fourth is another.
            rows[i].Label = i % 4 > 0 ? predicted[i] : Rows.Labels[(Array.IndexOf(Rows.Labels, predicted[i]) + 1) % 4];
        }

        IDataView labelled = _ml.Data.LoadFromEnumerable(rows);
        IDataView keyData = _ml.Data.LoadFromEnumerable(transformer.Metadata.Labels.Select(label => new { Label = label }));
        IDataView keyed = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: keyData).Fit(labelled).Transform(labelled);
        MulticlassClassificationMetrics metrics = _ml.MulticlassClassification.Evaluate(transformer.Transform(keyed));

        Assert.Equal(0.75, metrics.MicroAccuracy);
        Assert.Equal(4, metrics.ConfusionMatrix.NumberOfClasses);
        IDataView reversed = _ml.Data.LoadFromEnumerable(transformer.Metadata.Labels.Reverse().Select(label => new { Label = label }));
        keyed = _ml.Transforms.Conversion.MapValueToKey("Label", keyData: reversed).Fit(labelled).Transform(labelled);
        string message = Assert.Throws<ArgumentException>(() => transformer.Transform(keyed)).Message;
        Assert.StartsWith($"Column 'Label' has '{Rows.Labels[^1]}' as key 1 and the model as 4, and Evaluate compares keys: ", message, StringComparison.Ordinal);

        // Keys of some of the labels, another column of that order, and a column of that name that is no key of labels.
        IDataView some = _ml.Data.LoadFromEnumerable(transformer.Metadata.Labels.Take(2).Select(label => new { Label = label }));
        Assert.NotNull(transformer.Transform(_ml.Transforms.Conversion.MapValueToKey("Label", keyData: some).Fit(labelled).Transform(labelled)));
        Assert.NotNull(transformer.Transform(_ml.Transforms.Conversion.MapValueToKey("Other", "Label", keyData: reversed).Fit(labelled).Transform(labelled)));
        Assert.NotNull(transformer.Transform(_ml.Transforms.Conversion.MapValueToKey("Label", "Number").Fit(labelled).Transform(labelled)));
    }

    [Fact]
    public void Transform_LabelKeysInAnotherOrder_FollowTheOptionAlsoWhenLoaded()
    {
        IDataView reversed = _ml.Data.LoadFromEnumerable(Rows.Labels.Reverse().Select(label => new { Label = label }));
        IDataView labelled = _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths).Select((row, i) => new PathRow { ImagePath = row.ImagePath, Label = Rows.Labels[i % 4] }));
        IDataView keyed = _ml.Transforms.Conversion.MapValueToKey("Truth", "Label", keyData: reversed).Fit(labelled).Transform(labelled);
        foreach (string? column in new[] { "Label", "Truth", null })
        {
            var options = new ClassifyImagesOptions { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, LabelColumnName = column };
            using ResNeXtTransformer transformer = _ml.Transforms.ClassifyImages(options).Fit(labelled);
            using var zip = new MemoryStream();
            _ml.Model.Save(transformer, keyed.Schema, zip);
            using var loaded = (ResNeXtTransformer)_ml.Model.Load(zip, out _);
            Exception? refused = Record.Exception(() => loaded.Transform(keyed));

            Assert.Equal(column == "Truth", refused is ArgumentException { Message: var message } && message.StartsWith("Column 'Truth' has ", StringComparison.Ordinal));
            Assert.Equal(column == "Truth", refused is not null);
        }
    }

    [Fact]
    public void ConvertToOnnx_OfAPipelineWithTheNetwork_ThrowsAndOfTheStepsBehindItWorks()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths).Select((row, i) => new PathRow { ImagePath = row.ImagePath, Label = i % 2 == 0 ? "even" : "odd" }));
        IDataView labelled = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(rows).Transform(rows);
        using ResNeXtTransformer network = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel).Fit(labelled);
        IDataView features = network.Transform(labelled);
        var trainer = _ml.Transforms.NormalizeMeanVariance("Features").Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
        using var file = new MemoryStream();

        ITransformer whole = new TransformerChain<ITransformer>(network, trainer.Fit(features));
        string message = Assert.Throws<NotSupportedException>(() => _ml.Model.ConvertToOnnx(whole, labelled, file)).Message;

        Assert.Contains("Save the pipeline with Model.Save", message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
        IDataView cached = _ml.Data.Cache(features);
        _ml.Model.ConvertToOnnx(trainer.Fit(cached), cached, file);
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(file.ToArray());
        Assert.Contains("Features", session.InputMetadata.Keys);
    }

    [Fact]
    public void Transform_NamesSet_UsesThem()
    {
        var options = new ClassifyImagesOptions { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, ScoreColumnName = "P", PredictedLabelColumnName = "Part" };
        using ResNeXtTransformer transformer = _ml.Transforms.ClassifyImages(options).Fit(Photos);
        Assert.Equal(["Number", "ImagePath", "Label", "P", "Part"], transformer.GetOutputSchema(Photos.Schema).Select(column => column.Name));
    }

    [Fact]
    public void Transform_TwoScorersInARow_HaveScoreSetsOfTheirOwn()
    {
        using ResNeXtTransformer transformer = _ml.Transforms.ClassifyImages("ImagePath", TestImages.TinyModel).Fit(Photos);
        DataViewSchema schema = transformer.GetOutputSchema(transformer.GetOutputSchema(Photos.Schema));
        Assert.Equal([1u, 1u, 2u, 2u], schema.Where(column => column.Name is "Score" or "PredictedLabel").Select(column =>
        {
            uint id = 0;
            column.Annotations.GetValue("ScoreColumnSetId", ref id);
            return id;
        }));
    }

    [Fact]
    public void Dispose_CursorAndEngineOpen_LaterUseThrows()
    {
        ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel, batchSize: 2).Fit(Photos);
        IDataView data = transformer.Transform(Photos);
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        Assert.True(cursor.MoveNext());
        var engine = _ml.Model.CreatePredictionEngine<PathRow, FeatureRow>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Equal(16, engine.Predict(new PathRow { ImagePath = images.Paths[0] }).Features.Length);

        transformer.Dispose();
        transformer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => { while (cursor.MoveNext()) { } });
        Assert.Throws<ObjectDisposedException>(() => engine.Predict(new PathRow { ImagePath = images.Paths[1] }));
        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(Photos));
        Assert.Throws<ObjectDisposedException>(() => transformer.GetOutputSchema(Photos.Schema));
        Assert.Throws<ObjectDisposedException>(() => _ml.Model.Save(transformer, Photos.Schema, Stream.Null));
        Assert.Equal("tiny", transformer.Metadata.Architecture);
    }

    [Fact]
    public async Task Dispose_WhileOthersScore_ThrowsThereAndNeverCrashes()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel, batchSize: 4).Fit(Photos);
        IDataView data = transformer.Transform(Photos);
        var scoring = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (true)
            {
                Rows.Features(_ml, data);
            }
        }, stop)).ToArray();
        await Task.Delay(200, stop);
        transformer.Dispose();
        foreach (Task task in scoring)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task.WaitAsync(TimeSpan.FromSeconds(30), stop));
        }
    }

    [Fact]
    public void ApplyOnnxModel_SameFile_GivesTheSameFeatures()
    {
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel).Fit(Photos);
        float[][] ours = Rows.Features(_ml, transformer.Transform(Photos));
        ResNeXtMetadata metadata = transformer.Metadata;
        var preprocessor = new ImagePreprocessor(metadata.Preprocessing);
        var tensors = images.Paths.Select(path =>
        {
            var batch = new TensorBatch(1, metadata.Preprocessing.ImageSize);
            byte[] pixels = new byte[metadata.Preprocessing.ByteCount];
            preprocessor.Process(ImageDecoder.DecodeFile(path), pixels);
            batch.Set(0, pixels);
            return new TensorRow { Image = batch.First(1).ToArray() };
        });
        IDataView data = _ml.Data.LoadFromEnumerable(tensors.ToList());
        var stock = _ml.Transforms.ApplyOnnxModel(["features"], ["image"], TestImages.TinyModel, shapeDictionary: new Dictionary<string, int[]> { ["image"] = [1, 3, 32, 32] }, gpuDeviceId: null, fallbackToCpu: false);
        Assert.Equal(ours, stock.Fit(data).Transform(data).GetColumn<float[]>("features"));
    }

    private sealed class TensorRow
    {
        [VectorType(3 * 32 * 32), ColumnName("image")]
        public float[] Image { get; set; } = [];
    }
}
