using CsCheck;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ResNeXt.Training.Tests;

/// <summary>Fig. 3: the forms (a), (b) and (c) of a block are the same function. Fig. 4: a block of depth 2 is a wide dense one.</summary>
public sealed class EquivalentFormsTests
{
    /// <summary>Of the largest value: what the order of float32 sums may change.</summary>
    private const float Tolerance = 1e-5f;

    // 256 -> 32 paths of 4 -> 256, and the same into the next stage.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Forms_BlockOfTheFigure_GiveTheSameOutputsAndGradients(bool concatenate, bool training)
    {
        manual_seed(1);
        AssertEqual(cardinality: 32, width: 4, input: 256, output: 256, stride: 1, size: 8, concatenate, training);
        AssertEqual(cardinality: 32, width: 4, input: 256, output: 512, stride: 2, size: 8, concatenate, training);
    }

    [Fact]
    public void Forms_AnyBlock_GiveTheSameOutputsAndGradients()
    {
        manual_seed(4);
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[4, 12], Gen.Int[1, 2], Gen.Int[4, 7], Gen.Bool, Gen.Bool, Gen.Bool).ForAll("0000000000011", block =>
        {
            (int cardinality, int width, int input, int stride, int size, bool concatenate, bool training, bool projects) = block;
            AssertEqual(cardinality, width, input, projects ? input + 4 : input, stride, size, concatenate, training);
        });
    }

    // C paths of two 3x3 convolutions, summed: the first layers side by side and the second ones over them are dense convolutions.
    [Fact]
    public void DepthTwo_SummedPaths_AreAWideDenseBlock()
    {
        manual_seed(2);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(2, 16, 8, 8);
        Tensor[] first = [.. Enumerable.Range(0, 8).Select(_ => randn(4, 16, 3, 3))];
        Tensor[] second = [.. Enumerable.Range(0, 8).Select(_ => randn(16, 4, 3, 3))];

        Tensor paths = stack(first.Zip(second, (inward, outward) => TwoLayers(x, inward, outward))).sum([0L]);
        Tensor wide = TwoLayers(x, cat(first), cat(second, 1));

        AssertClose("output", paths, wide);

        static Tensor TwoLayers(Tensor x, Tensor inward, Tensor outward) => Convolve(Convolve(x, inward).relu(), outward);
    }

    // With a third layer between them the same step gives a kernel of zeros off the diagonal blocks: not a dense block.
    [Fact]
    public void DepthThree_GroupedConvolution_IsDenseOnlyWithZerosOffTheDiagonalBlocks()
    {
        manual_seed(3);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = randn(2, 32, 8, 8);
        Tensor grouped = randn(32, 4, 3, 3);
        Tensor dense = zeros(32, 32, 3, 3);
        for (int group = 0; group < 8; group++)
        {
            dense.narrow(0, group * 4, 4).narrow(1, group * 4, 4).copy_(grouped.narrow(0, group * 4, 4));
        }

        AssertClose("output", Convolve(x, grouped, groups: 8), Convolve(x, dense));
        Assert.Equal(8 * grouped.numel(), dense.numel());
    }

    private static void AssertEqual(int cardinality, int width, int input, int output, int stride, int size, bool concatenate, bool training)
    {
        using DisposeScope scope = NewDisposeScope();
        using var grouped = new Bottleneck(input, cardinality * width, output, cardinality, stride);
        using var paths = new MultiPathBottleneck(input, cardinality * width, output, cardinality, stride, concatenate);
        RandomStatistics.Fill(grouped);
        paths.load_state_dict(paths.Split(grouped.state_dict()));
        Tensor x = randn(2, input, size, size);
        Tensor ofOutput = randn(2, output, (size + stride - 1) / stride, (size + stride - 1) / stride);

        (Tensor expected, Dictionary<string, Tensor> gradients) = Run(grouped, x, ofOutput, training);
        (Tensor actual, Dictionary<string, Tensor> ofPaths) = Run(paths, x, ofOutput, training);

        AssertClose("output", expected, actual);
        AssertClose("gradient", gradients, MultiPathBottleneck.Merge(ofPaths));
        AssertClose("tensor", grouped.state_dict(), MultiPathBottleneck.Merge(paths.state_dict()));
    }

    /// <summary>The output, and the gradients of every parameter and of the input.</summary>
    private static (Tensor Output, Dictionary<string, Tensor> Gradients) Run(Module<Tensor, Tensor> block, Tensor x, Tensor ofOutput, bool training)
    {
        block.train(training);
        Tensor input = x.clone().requires_grad_();
        Tensor output = block.forward(input);
        output.mul(ofOutput).sum().backward();
        return (output.detach(), block.named_parameters().Select(pair => (pair.name, pair.parameter.grad!)).Append(("input", input.grad!)).ToDictionary());
    }

    private static Tensor Convolve(Tensor x, Tensor weight, long groups = 1) => functional.conv2d(x, weight, padding: [1L, 1L], groups: groups);

    private static void AssertClose(string what, Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected.Keys, name => AssertClose($"{what} {name}", expected[name], actual[name]));
    }

    private static void AssertClose(string what, Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        float difference = Largest(expected.sub(actual)), largest = Largest(expected);
        Assert.True(difference <= Tolerance * Math.Max(1, largest), $"{what}: {difference} of {largest}");
    }

    private static float Largest(Tensor values) => values.to(float32).abs().max().item<float>();
}
