using Microsoft.ML;

namespace ResNeXt.MLNet.Tests;

public sealed class ResNeXtTransformerTests(TestImages images) : IClassFixture<TestImages>
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Transform_AnyBatchSize_GivesTheSameBits()
    {
        IDataView photos = _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));
        float[][] expected = Features(1);

        Assert.Equal(40, expected.Length);
        Assert.Equal(expected, Features(7));
        Assert.Equal(expected, Features(32));
        Assert.NotEqual(expected[0], expected[1]);

        float[][] Features(int batchSize)
        {
            using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel, batchSize).Fit(photos);
            return Rows.Features(_ml, transformer.Transform(photos));
        }
    }
}
