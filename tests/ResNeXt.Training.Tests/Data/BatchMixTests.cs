using CsCheck;
using ResNeXt.MLNet;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class BatchMixTests
{
    [Fact]
    public void Draw_NothingAskedFor_IsNull() => Assert.Null(BatchMix.Draw(0, 0, 32, new Random(1)));

    [Fact]
    public void Draw_Both_DrawsEachHalfOfTheTime()
    {
        var random = new Random(1);

        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => BatchMix.Draw(0.2, 1, 32, random)!.Pasted is not null), 430, 570);
    }

    // The beta distribution of alpha and alpha has mean 1/2 and variance 1 / (4 (2 alpha + 1)).
    [Theory]
    [InlineData(0.001)]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(8)]
    public void Draw_Mixup_HasTheVarianceOfItsDistribution(double alpha)
    {
        var random = new Random(1);
        double[] shares = [.. Enumerable.Range(0, 20_000).Select(_ => BatchMix.Draw(alpha, 0, 32, random)!.Share)];

        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.Equal(0.5, shares.Average(), 0.02);
        Assert.Equal(1 / (4 * ((2 * alpha) + 1)), shares.Average(share => (share - 0.5) * (share - 0.5)), 0.01);
    }

    [Fact]
    public void Paste_AnyDraw_LiesInsideAndIsCounted() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 31], Gen.Int[0, 31]).ForAll("0N0XIzNsQ0O2", draw =>
        {
            var mix = BatchMix.Paste(draw.Item1, draw.Item2, draw.Item3, 32);
            PixelRectangle box = mix.Pasted!.Value;
            Assert.True(box is { X: >= 0, Y: >= 0, Width: >= 0, Height: >= 0 } && box.X + box.Width <= 32 && box.Y + box.Height <= 32);
            Assert.Equal(1 - (box.Width * box.Height / 1024.0), mix.Share, 1e-12);
        });

    // torchvision: 40 % of each image, 60 % of the one before it; the first one's is the last.
    [Fact]
    public void Apply_Mixup_AddsTheImageBefore()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new float[] { 0, 10, 20 }, 3, 1, 1, 1);

        Assert.Equal([12f, 4, 14], new BatchMix(0.4, null).Apply(x).data<float>().ToArray());
    }

    [Fact]
    public void Apply_CutMix_PastesTheImageBefore()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new float[] { 1, 1, 1, 1, 2, 2, 2, 2 }, 2, 1, 2, 2);

        Assert.Equal([2f, 1, 2, 1, 1, 2, 1, 2], new BatchMix(0.5, new PixelRectangle(0, 0, 1, 2)).Apply(x).data<float>().ToArray());
        Assert.Equal([1f, 1, 1, 1, 2, 2, 2, 2], x.data<float>().ToArray());
    }

    [Fact]
    public void Loss_TwoClasses_IsTheLossOfTheMixedTarget()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new float[] { 1, 2, 3, 0, 1, 0 }, 2, 3), labels = tensor(new long[] { 0, 2 });
        Tensor target = tensor(new float[] { 0.7f, 0, 0.3f, 0.3f, 0, 0.7f }, 2, 3);

        Assert.Equal(nn.functional.cross_entropy(logits, target).item<float>(), new BatchMix(0.7, null).Loss(logits, labels, 0).item<float>(), 1e-6f);
    }
}
