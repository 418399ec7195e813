using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class BatchNormTests
{
    /// <summary>In double precision, where a sign that rounding turns over at a ReLU does not decide: the same loss, gradients and statistics.</summary>
    [Fact]
    public void Synchronized_OfOneRank_IsBatchNormalisation()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] plain = Gradients(isSynchronized: false), synchronized = Gradients(isSynchronized: true);
        double largest = plain.Max(Math.Abs);

        Assert.True(largest > 0.01);
        Assert.All(plain.Zip(synchronized), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * largest));
    }

    private static double[] Gradients(bool isSynchronized)
    {
        manual_seed(5);
        var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), classes: 2);
        module.to(ScalarType.Float64);
        foreach (BatchNorm norm in module.modules().OfType<BatchNorm>())
        {
            norm.IsSynchronized = isSynchronized;
        }

        module.train();
        Tensor images = rand(6, 3, 16, 16, dtype: ScalarType.Float64), labels = tensor((long[])[0, 1, 0, 1, 1, 0]);
        nn.functional.cross_entropy(module.call(images), labels).backward();
        return [.. module.parameters().SelectMany(parameter => parameter.grad!.contiguous().data<double>().ToArray()), .. module.buffers().Where(buffer => buffer.dtype == ScalarType.Float64).SelectMany(buffer => buffer.data<double>().ToArray())];
    }
}
