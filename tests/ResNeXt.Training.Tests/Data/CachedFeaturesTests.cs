using ResNeXt.MLNet;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class CachedFeaturesTests(Shapes shapes)
{
    [Fact]
    public void Epoch_SameSeed_GivesTheLogitsOfTheImages()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), 2);
        var pixels = new ImagePreprocessing { ImageSize = 16, ResizeSize = 16 };
        Sample[] samples = [.. shapes.Images.Select(image => new Sample(image.ImagePath, Array.IndexOf([.. Shapes.Labels], image.Label))).Skip(7)];
        using var normalization = new PixelNormalization(pixels, CPU);
        var loader = new BatchLoader(samples, pixels, 7, Augmentation.None(pixels), classBalanced: true);

        using var cached = new CachedFeatures(module, normalization, loader, samples, new EpochPlan(samples, 7, classBalanced: true), shapes.NewPath(), default);

        Assert.Equal((loader.ImageCount, loader.BatchCount), (cached.ImageCount, cached.BatchCount));
        using var noGradient = no_grad();
        Assert.All(loader.Epoch(3, default).Zip(cached.Epoch(3, default)), pair =>
        {
            using DisposeScope scope = NewDisposeScope();
            Assert.Equal(pair.First.Labels, pair.Second.Labels);
            Tensor expected = BatchLogits.Of(module, pair.First, normalization), actual = BatchLogits.Of(module, pair.Second, normalization);
            Assert.True(expected.allclose(actual, rtol: 1e-5, atol: 1e-6));
        });
    }
}
