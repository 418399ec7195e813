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

    /// <summary>Statistics and arithmetic are those of float32: the result is rounded, no more.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_InputInBFloat16_IsTheRoundedResultOfFloat32(bool isSynchronized)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(6);
        using Scalar offset = 3.ToScalar();
        using BatchNorm exact = new(16), mixed = new(16) { IsSynchronized = isSynchronized };
        Tensor x = ChannelsLast.From(randn(8, 16, 12, 12)).add_(offset).to(ScalarType.BFloat16).requires_grad_(); // a mean that sums in bfloat16 would miss
        Tensor direction = randn(8, 16, 12, 12).to(ScalarType.BFloat16);

        Tensor expected = exact.call(x.to(ScalarType.Float32)), actual = mixed.call(x);
        expected.backward([direction.to(ScalarType.Float32)]);
        actual.backward([direction]);

        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Near(expected, actual, 1.0 / 256);
        Near(exact.running_mean, mixed.running_mean, 1e-5);
        Near(exact.running_var, mixed.running_var, 1e-5);
        Near(exact.weight.grad!, mixed.weight.grad!, 1.0 / 256);
        Near(exact.bias.grad!, mixed.bias.grad!, 1.0 / 256);

        static void Near(Tensor expected, Tensor actual, double relative) =>
            Assert.InRange((expected - actual.to(ScalarType.Float32)).abs().max().item<float>(), 0, relative * expected.abs().max().item<float>());
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
