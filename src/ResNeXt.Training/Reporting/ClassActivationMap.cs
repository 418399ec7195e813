using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Where a network looks: how much each place of the last maps speaks for a class.</summary>
/// <remarks>
/// Grad-CAM (Selvaraju et al. 2017) weighs map k by the mean gradient of the class's logit over its places. Behind a global average pool and
/// a linear layer that gradient is the same at every place, the weight of the layer divided by the number of places, so no backward
/// pass is needed: it is the class activation map of Zhou et al. 2016, without what speaks against the class.
/// </remarks>
internal static class ClassActivationMap
{
    // [N,3,H,W], [N] -> [N,h,w]
    /// <param name="module">The network, in evaluation mode.</param>
    /// <param name="x">Normalised pixels.</param>
    /// <param name="classes">Class of each image.</param>
    /// <returns>Grad-CAM: the sum of the weighted maps, and zero where that is below zero.</returns>
    public static Tensor Of(ResNeXtModule module, Tensor x, IReadOnlyList<int> classes)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor maps = module.Maps(x); // [N,C,h,w]
        Tensor weights = module.fc.weight!.index_select(0, tensor(classes.Select(label => (long)label).ToArray(), device: x.device));
        using Scalar places = (1.0 / (maps.shape[2] * maps.shape[3])).ToScalar();
        return maps.mul(weights.unsqueeze(2).unsqueeze(3)).sum(1).mul_(places).relu_().MoveToOuterDisposeScope();
    }
}
