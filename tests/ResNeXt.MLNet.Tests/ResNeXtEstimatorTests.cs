using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class ResNeXtEstimatorTests(TestImages images) : IClassFixture<TestImages>
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView Photos => _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));

    [Fact]
    public void Contract_FeaturizeImages_Holds() => EstimatorContract.Holds(
        _ml, _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel), Photos, data => Rows.Features(_ml, data));

    [Fact]
    public void Contract_ClassifyImages_Holds() => EstimatorContract.Holds(
        _ml,
        _ml.Transforms.ClassifyImages("ImagePath", TestImages.TinyModel, batchSize: 7).Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")),
        Photos,
        data => _ml.Data.CreateEnumerable<ScoreRow>(data, false).Select(row => (row.PredictedLabel, string.Join(' ', row.Score))).ToArray());

    [Fact]
    public void Contract_OutputReplacesInput_Holds()
    {
        var options = new FeaturizeImagesOptions { InputColumnName = "ImagePath", OutputColumnName = "ImagePath", ModelFile = TestImages.TinyModel };
        EstimatorContract.Holds(_ml, _ml.Transforms.FeaturizeImages(options), Photos, data => data.GetColumn<float[]>("ImagePath").ToArray());
    }

    [Fact]
    public void Fit_ModelFileDeletedAfterwards_TransformsAndSaves()
    {
        string model = images.NewFile(".onnx", File.ReadAllBytes(TestImages.TinyModel));
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", model).Fit(Photos);
        File.Delete(model);

        Assert.Equal(40, Rows.Features(_ml, transformer.Transform(Photos)).Length);
        using var file = new MemoryStream();
        _ml.Model.Save(transformer, Photos.Schema, file);
        Assert.True(file.Length > 0);
    }

    [Fact]
    public void GetOutputSchemaFitTransform_MissingColumn_NameItAndWhatThereIs()
    {
        ResNeXtEstimator estimator = _ml.Transforms.FeaturizeImages("Features", "Photo", TestImages.TinyModel);
        using ResNeXtTransformer transformer = Fitted();
        IDataView other = _ml.Data.LoadFromEnumerable([new BytesRow()]);

        foreach (ArgumentException exception in new[]
        {
            Assert.Throws<ArgumentException>(() => estimator.GetOutputSchema(EstimatorContract.Shape(Photos.Schema))),
            Assert.Throws<ArgumentException>(() => estimator.Fit(Photos)),
        })
        {
            Assert.Equal("Image column 'Photo' is missing: the data has 'Number', 'ImagePath', 'Label'.", exception.Message);
        }

        const string Expected = "Image column 'ImagePath' is missing: the data has 'Image'.";
        Assert.Equal(Expected, Assert.Throws<ArgumentException>(() => transformer.Transform(other)).Message);
        Assert.Equal(Expected, Assert.Throws<ArgumentException>(() => transformer.GetOutputSchema(other.Schema)).Message);
        Assert.Equal(Expected, Assert.Throws<ArgumentException>(() => ((ITransformer)transformer).GetRowToRowMapper(other.Schema)).Message);
    }

    [Theory]
    [InlineData("Number", "Int32")]
    [InlineData("Floats", "Vector<Single, 3>")]
    [InlineData("Key", "Key<UInt32, 0-9>")]
    public void GetOutputSchemaFitTransform_WrongType_NameItAndWhatIsExpected(string column, string type)
    {
        IDataView wrong = _ml.Data.LoadFromEnumerable([new WrongRow()]);
        ResNeXtEstimator estimator = _ml.Transforms.ClassifyImages(column, TestImages.TinyModel);
        using ResNeXtTransformer transformer = Fitted(column);

        string fit = Assert.Throws<ArgumentException>(() => estimator.Fit(wrong)).Message;
        Assert.Equal($"Image column '{column}' is of type {type}: expected text (a path), a vector of bytes (an encoded image) or MLImage.", fit);
        Assert.Equal(fit, Assert.Throws<ArgumentException>(() => transformer.Transform(wrong)).Message);
        string shape = Assert.Throws<ArgumentException>(() => estimator.GetOutputSchema(EstimatorContract.Shape(wrong.Schema))).Message;
        Assert.Contains($"'{column}'", shape, StringComparison.Ordinal);
        Assert.Contains("expected text (a path)", shape, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NotOurModel_SaysWhatIsExpected()
    {
        string text = images.NewFile(".onnx", "not a model"u8.ToArray());
        Assert.Contains("cannot be opened as an ONNX model", FitError(text), StringComparison.Ordinal);
        Assert.Contains("is an ONNX model of another program", FitError(TestImages.PlainModel), StringComparison.Ordinal);

        string FitError(string model) => Assert.Throws<InvalidDataException>(() => _ml.Transforms.ClassifyImages("ImagePath", model).Fit(Photos)).Message;
    }

    [Fact]
    public void Catalog_BadOptions_NameTheValue()
    {
        Assert.Contains("'gone.onnx' does not exist", Assert.Throws<FileNotFoundException>(
            () => _ml.Transforms.ClassifyImages("ImagePath", "gone.onnx")).Message, StringComparison.Ordinal);
        Assert.Contains("BatchSize is 0: expected 1 to 4096", Assert.Throws<ArgumentException>(
            () => _ml.Transforms.ClassifyImages("ImagePath", TestImages.TinyModel, batchSize: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("InputColumnName is empty", Assert.Throws<ArgumentException>(
            () => _ml.Transforms.FeaturizeImages("Features", "", TestImages.TinyModel)).Message, StringComparison.Ordinal);
        Assert.Contains("MaxPixels is 0", Assert.Throws<ArgumentException>(() => _ml.Transforms.ClassifyImages(new ClassifyImagesOptions
        {
            InputColumnName = "ImagePath",
            ModelFile = TestImages.TinyModel,
            Limits = new ImageLimits { MaxPixels = 0 },
        })).Message, StringComparison.Ordinal);
        Assert.Contains("Two output columns are called 'A'", Assert.Throws<ArgumentException>(() => _ml.Transforms.ClassifyImages(
            new ClassifyImagesOptions { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, ScoreColumnName = "A", PredictedLabelColumnName = "A" }))
            .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_CudaWithoutGpuPackage_NamesThePackage()
    {
        Assert.SkipWhen(Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "This machine has CUDA.");
        var exception = Assert.Throws<InvalidOperationException>(
            () => _ml.Transforms.ClassifyImages("ImagePath", TestImages.TinyModel, device: ExecutionDevice.Cuda(1)).Fit(Photos));
        Assert.Contains("cuda:1", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_AutoDevice_LogsWhatItTookAndWhy()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) => lines.Add(e.Message);
        using ResNeXtTransformer transformer = Fitted();
        Assert.Contains(lines, line => line.Contains($"tiny runs on {transformer.Device}: ", StringComparison.Ordinal));
    }

    [Fact]
    public void CrossValidate_TransferLearning_ScoresEveryFold()
    {
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel, batchSize: 8))
            .AppendCacheCheckpoint(_ml)
            .Append(_ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 5));
        var folds = _ml.MulticlassClassification.CrossValidate(Photos, pipeline, numberOfFolds: 3);

        Assert.Equal(3, folds.Count);
        Assert.All(folds, fold => Assert.InRange(fold.Metrics.MicroAccuracy, 0, 1));
        Assert.Equal(40, folds.Sum(fold => fold.ScoredHoldOutSet.GetColumn<uint>("PredictedLabel").Count()));
    }

    private ResNeXtTransformer Fitted(string column = "ImagePath")
    {
        var definition = new[] { new { Other = "" } };
        IDataView data = column == "ImagePath" ? Photos : _ml.Transforms.CopyColumns(column, "Other").Fit(_ml.Data.LoadFromEnumerable(definition)).Transform(_ml.Data.LoadFromEnumerable(definition));
        return _ml.Transforms.FeaturizeImages("Features", column, TestImages.TinyModel).Fit(data);
    }

    private sealed class WrongRow
    {
        public int Number { get; set; }

        [VectorType(3)]
        public float[] Floats { get; set; } = new float[3];

        [KeyType(10)]
        public uint Key { get; set; }
    }
}
