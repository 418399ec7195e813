using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>Batch normalisation as a trained network has it, so that a wrong order or a wrong channel shows.</summary>
internal static class RandomStatistics
{
    public static void Fill(nn.Module module)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (BatchNorm normalization in module.modules().OfType<BatchNorm>())
        {
            nn.init.uniform_(normalization.running_mean, -0.2, 0.2);
            nn.init.uniform_(normalization.running_var, 0.5, 2);
            nn.init.uniform_(normalization.weight, 0.2, 0.6);
            nn.init.uniform_(normalization.bias, -0.2, 0.2);
        }
    }
}
