using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class RunningLossTests
{
    [Fact]
    public void Mean_Deferred_IsTheSameAndReadNowAndThen()
    {
        using var direct = new RunningLoss(deferred: false);
        using var deferred = new RunningLoss(deferred: true);
        long before = Tensor.TotalCount;
        for (int i = 1; i <= 3; i++)
        {
            using Tensor loss = tensor(0.1f * i);
            direct.Add(loss, i);
            deferred.Add(loss, i);
            Assert.Equal(0.1f, deferred.Mean(newest: false)); // half a second has not passed
        }

        Assert.Equal(direct.Mean(newest: false), deferred.Mean(newest: true), 1e-9);
        Assert.Equal(1.4 / 6, direct.Mean(newest: true), 1e-7);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
