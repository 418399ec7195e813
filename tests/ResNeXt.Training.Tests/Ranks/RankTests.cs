using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>
/// Two ranks with a part of each batch are one with all of it: in double precision, since in single precision rounding turns the sign of a value at some
/// ReLU over, which changes a gradient more than any tolerance that would find a mistake.
/// </summary>
public sealed class RankTests
{
    private const int Images = 9; // four on one rank, five on the other
    private const int Steps = 20;
    private const double Rate = 0.05;

    [Fact]
    public async Task TwoRanks_WithPartsOfEachBatch_TrainAsOne()
    {
        MpiRun.SkipWithoutMpi();
        CommandRun run = await MpiRun.RunAsync(2, typeof(RankTests).Assembly.Location, "-method", "*." + nameof(Rank_WithAPartOfEachBatch_HasGradientsAndLossesOfTheWhole));

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Equal(2, run.Output.Split("Total: 1, Errors: 0, Failed: 0, Skipped: 0").Length - 1);
    }

    /// <summary>What each rank does.</summary>
    [Fact]
    public void Rank_WithAPartOfEachBatch_HasGradientsAndLossesOfTheWhole()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is not null, "Run by TwoRanks_WithPartsOfEachBatch_TrainAsOne.");
        using RankGroup ranks = RankGroup.Join(Environment.GetEnvironmentVariable, _ => { });
        SumOverRanks.Ranks = ranks;
        (double[] losses, double[] gradients) = Train(RankGroup.Alone);
        (double[] lossesOfRanks, double[] gradientsOfRanks) = Train(ranks);
        double largest = gradients.Max(Math.Abs);

        Assert.Equal(2, ranks.Count);
        Assert.True(largest > 0.01 && losses[^1] < losses[0] / 2);
        Assert.All(gradients.Zip(gradientsOfRanks), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * largest));
        Assert.All(losses.Zip(lossesOfRanks), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * pair.First));
    }

    /// <returns>The loss of each step, and the gradients of the first.</returns>
    private static (double[] Losses, double[] Gradients) Train(RankGroup ranks)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(5);
        var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), classes: 2);
        module.to(ScalarType.Float64);
        module.train();
        foreach (BatchNorm norm in module.modules().OfType<BatchNorm>())
        {
            norm.IsSynchronized = !ranks.IsAlone;
        }

        Tensor images = rand(Images, 3, 16, 16, dtype: ScalarType.Float64), labels = arange(Images).remainder(2);
        (int from, int count) = ranks.Share(Images).GetOffsetAndLength(Images);
        using Scalar share = ((double)count / Images).ToScalar(), step = (-Rate).ToScalar();
        using var exchange = new GradientExchange(ranks, module);
        var losses = new double[Steps];
        double[] first = [];
        for (int i = 0; i < Steps; i++)
        {
            module.zero_grad();
            Tensor loss = nn.functional.cross_entropy(module.call(images.narrow(0, from, count)), labels.narrow(0, from, count)).mul(share);
            loss.backward();
            Assert.False(exchange.Sum(stop: false));
            losses[i] = loss.item<double>();
            ranks.Sum(losses.AsSpan(i, 1));
            first = i > 0 ? first : [.. module.parameters().SelectMany(parameter => parameter.grad!.contiguous().data<double>().ToArray())];
            using var noGradient = no_grad();
            foreach (Tensor parameter in module.parameters())
            {
                parameter.add_(parameter.grad!, step);
            }
        }

        Assert.Equal(!ranks.IsAlone, exchange.Sum(stop: ranks.Rank == 1)); // one wants to stop: all know
        return (losses, first);
    }
}
