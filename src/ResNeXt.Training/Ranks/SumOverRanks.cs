using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// The sum of a tensor over all ranks, with its gradient: what each rank's loss says of the sum counts for every rank's part, so the gradients are summed, too.
/// </summary>
/// <remarks>libtorch makes an instance by itself and hands it no ranks, so these are the process's: there is one MPI in it.</remarks>
internal sealed class SumOverRanks : autograd.SingleTensorFunction<SumOverRanks>
{
    public override string Name => nameof(SumOverRanks);

    /// <summary>The ranks of this process.</summary>
    public static RankGroup Ranks { get; set; } = RankGroup.Alone;

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => Sum((Tensor)vars[0]);

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [Sum(grad_output)];

    private static Tensor Sum(Tensor x)
    {
        Tensor sum = x.detach().contiguous().clone();
        Ranks.Sum(sum);
        return sum;
    }
}
