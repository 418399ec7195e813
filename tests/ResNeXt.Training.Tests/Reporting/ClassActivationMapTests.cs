using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class ClassActivationMapTests
{
    /// <summary>Grad-CAM as its paper has it, by autograd: weights are the means of the gradient of the class's logit over the places of each map.</summary>
    [Theory]
    [InlineData("resnext14_2x4d", 96)]
    [InlineData("resnext11_2x4d_cifar", 16)]
    public void Of_AnyClass_IsGradCamByAutograd(string architecture, int size)
    {
        manual_seed(3);
        using DisposeScope scope = NewDisposeScope();
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse(architecture), 16);
        module.eval();
        Tensor x = randn(3, 3, size, size);
        Tensor maps = module.Maps(x).detach().requires_grad_();
        Tensor logits = module.fc.forward(maps.mean([2L, 3L]));
        Tensor classes = cat([logits[TensorIndex.Slice(0, 2)].argmax(1), logits[TensorIndex.Slice(2)].argmin(1)]); // what is seen, and what is not
        logits.gather(1, classes.unsqueeze(1)).sum().backward();
        Tensor expected = maps.mul(maps.grad!.mean([2L, 3L], keepdim: true)).sum(1).relu();

        Tensor actual = ClassActivationMap.Of(module, x, [.. classes.data<long>().Select(label => (int)label)]);

        Assert.Equal(maps.shape[2], actual.shape[1]);
        Assert.True(actual.shape[1] > 1);
        Assert.True(expected.max().item<float>() > 0);
        Assert.True(expected.allclose(actual, rtol: 1e-5, atol: 1e-6 * expected.max().item<float>()));
    }
}
