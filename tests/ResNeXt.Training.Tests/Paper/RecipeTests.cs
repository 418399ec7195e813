using ResNeXt.MLNet;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>Section 4 and appendix A with the paper's code: pixels that the network sees, and the optimizer.</summary>
public sealed class RecipeTests
{
    [Fact]
    public void DefaultPreprocessing_ImageNet_IsACropOf224FromAShorterSideOf256()
    {
        ImagePreprocessing pixels = OnnxExporter.DefaultPreprocessing(ResNeXtArchitecture.Parse("resnext50_32x4d"));

        Assert.Equal((224, 256), (pixels.ImageSize, pixels.ResizeSize));
        Assert.Equal([0.485f, 0.456f, 0.406f], pixels.Mean);
        Assert.Equal([0.229f, 0.224f, 0.225f], pixels.StandardDeviation);
    }

    [Fact]
    public void DefaultPreprocessing_Cifar_IsTheWholeImageWithItsOwnMeanAndDeviation()
    {
        ImagePreprocessing pixels = OnnxExporter.DefaultPreprocessing(ResNeXtArchitecture.Parse("resnext29_8x64d_cifar"));

        Assert.Equal((32, 32), (pixels.ImageSize, pixels.ResizeSize));
        Assert.Equal([125.3f / 255, 123.0f / 255, 113.9f / 255], pixels.Mean);
        Assert.Equal([63.0f / 255, 62.1f / 255, 66.7f / 255], pixels.StandardDeviation);
    }

    // SGD with momentum 0.9 and weight decay; in the paper's code Nesterov's, and decay on every parameter. With gradients of zero
    // the velocity is what decay makes of it, and every parameter shrinks by a factor that is easily computed.
    [Fact]
    public void Step_GradientsOfZero_ShrinkEveryParameterWithNesterovsMomentum()
    {
        const double Rate = 0.1, Momentum = 0.9, Decay = 0.05;
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), 2);
        using var optimizer = new NesterovSgd(TrainedParameter.All(module, Decay), Momentum);
        using DisposeScope scope = NewDisposeScope();
        RandomStatistics.Fill(module); // parameters that are 1 or 0 would not all show it
        Dictionary<string, float> before = Largest(module);
        double value = 1, velocity = 0;

        for (int step = 0; step < 3; step++)
        {
            foreach (var parameter in module.parameters())
            {
                parameter.grad = zeros_like(parameter);
            }

            optimizer.Step(Rate, step);
            double gradient = Decay * value;
            velocity = (Momentum * velocity) + gradient;
            value -= Rate * (gradient + (Momentum * velocity));
        }

        Assert.All(Largest(module), pair => Assert.Equal(before[pair.Key] * value, pair.Value, tolerance: 1e-6));
    }

    private static Dictionary<string, float> Largest(ResNeXtModule module) =>
        module.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.abs().max().item<float>());
}
