using System.Formats.Tar;
using System.IO.Compression;
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

        Assert.InRange(onnx.Length, 500_000, 2_500_000);
        Assert.Equal(File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, "src", "ResNeXt.MLNet", "Models", EmbeddedBackbone.Name)), onnx);
    }

    [Fact]
    public void Fit_WithoutAFile_TellsWhatItRuns()
    {
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath").Fit(Photos);

        Assert.Equal(("resnext20_8x8d_small", 1024, 10), (transformer.Metadata.Architecture, transformer.Metadata.FeatureWidth, transformer.Metadata.Labels.Count));
        Assert.All(transformer.Transform(Photos).GetColumn<float[]>("Features"), features => Assert.True(features.Length == 1024 && features.Any(value => value > 0)));
    }

    /// <summary>docs/models.md promises it of all 10,000 test images of CIFAR-10.</summary>
    [Fact]
    public void Model_OnTheTestImagesOfCifar_IsAsGoodAsItsCard()
    {
        string archive = Path.Combine(RepositoryFiles.DataOrSkip(""), "cifar10.tar.gz");
        Assert.SkipUnless(File.Exists(archive), "CIFAR-10 is not on this machine.");
        using ResNeXtModel model = ResNeXtModel.Load(EmbeddedBackbone.Read(), EmbeddedBackbone.Name, ExecutionDevice.Cpu);
        int right = 0, all = 0;
        foreach (ScoredImage image in new ImageScorer(model, [ResNeXtMetadata.ProbabilitiesName], 64).Score(TestImagesOf(archive)))
        {
            right += model.Metadata.Labels[Array.IndexOf(image.Values[0], image.Values[0].Max())] == image.Name ? 1 : 0;
            all++;
        }

        Assert.Equal(10_000, all);
        Assert.InRange(right, 8_790, all); // 8,802 where it was made, other processors round otherwise
    }

    /// <summary>Named by their classes.</summary>
    private static IEnumerable<ImageSource> TestImagesOf(string archive)
    {
        using var reader = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
        while (reader.GetNextEntry() is TarEntry entry)
        {
            if (entry.DataStream is Stream data && entry.Name.Split('/') is ["test", string label, _])
            {
                byte[] encoded = new byte[data.Length];
                data.ReadExactly(encoded);
                yield return ImageSource.FromBytes(encoded, label);
            }
        }
    }
}
