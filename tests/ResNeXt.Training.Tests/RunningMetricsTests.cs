using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class RunningMetricsTests
{
    [Fact]
    public void Read_Deferred_IsTheSameAndReadNowAndThen()
    {
        using var direct = new RunningMetrics(deferred: false);
        using var deferred = new RunningMetrics(deferred: true, TimeSpan.FromMinutes(5));
        long before = Tensor.TotalCount;
        for (int i = 1; i <= 3; i++)
        {
            using Tensor loss = tensor(0.1f * i), correct = tensor((long)i - 1);
            direct.Add(loss, correct, i);
            deferred.Add(loss, correct, i);
            deferred.Read(newest: false);
            Assert.Equal((0.1f, 0), (deferred.Loss, deferred.Top1)); // the first reading is the last for five minutes
        }

        direct.Read(newest: false);
        deferred.Read(newest: true);
        Assert.Equal(direct.Loss, deferred.Loss, 1e-9);
        Assert.Equal(1.4 / 6, direct.Loss, 1e-7);
        Assert.Equal((3 / 6.0, 3 / 6.0), (direct.Top1, deferred.Top1));
        Assert.Equal(before, Tensor.TotalCount);
    }
}
