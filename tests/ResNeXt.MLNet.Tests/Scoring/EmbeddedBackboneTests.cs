using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class EmbeddedBackboneTests(TestImages images) : IClassFixture<TestImages>
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView Photos => _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));

    [Fact]
    public void Contract_FeaturizeImagesWithoutAFile_Holds() => EstimatorContract.Holds(
        _ml, _ml.Transforms.FeaturizeImages("Features", "ImagePath"), Photos, data => Rows.Features(_ml, data));

    /// <summary>The file of the repository is the one inside, and small.</summary>
    [Fact]
    public void Read_Resource_IsTheFileOfTheRepository()
    {
        byte[] onnx = EmbeddedBackbone.Read();

        Assert.InRange(onnx.Length, 500_000, 8_000_000);
        Assert.Equal(File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, "src", "ResNeXt.MLNet", "Models", EmbeddedBackbone.Name)), onnx);
    }

    [Fact]
    public void Fit_WithoutAFile_TellsWhatItRuns()
    {
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath").Fit(Photos);

        Assert.Equal(("resnext29_8x8d_small", 1024, 199), (transformer.Metadata.Architecture, transformer.Metadata.FeatureWidth, transformer.Metadata.Labels.Count));
        Assert.All(transformer.Transform(Photos).GetColumn<float[]>("Features"), features => Assert.True(features.Length == 1024 && features.Any(value => value > 0)));
    }

    /// <summary>The README's table promises it of photos of a kind that the network has not learned from, with the first trainer that people take.</summary>
    [Theory]
    [InlineData("hymenoptera", "train", "val", 0.8)]
    [InlineData("clothing", "train", "test", 0.68)]
    public void Features_OfOthersPhotos_TellTheirKindsApart(string set, string train, string test, double least)
    {
        string folder = RepositoryFiles.DataOrSkip(set);
        EstimatorChain<ITransformer> pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.FeaturizeImages("Features", "ImagePath"))
            .Append(_ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .AppendCacheCheckpoint(_ml)
            .Append<ITransformer>(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0));

        IDataView scored = pipeline.Fit(PhotosOf(train)).Transform(PhotosOf(test));

        Assert.InRange(_ml.MulticlassClassification.Evaluate(scored).MicroAccuracy, least, 1);

        IDataView PhotosOf(string part) => _ml.Data.LoadFromEnumerable(ImageFolder.Enumerate(Path.Combine(folder, part)));
    }
}
