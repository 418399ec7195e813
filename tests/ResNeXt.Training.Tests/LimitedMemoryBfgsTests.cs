namespace ResNeXt.Training.Tests;

public sealed class LimitedMemoryBfgsTests
{
    // Half of sum c (x - t)^2: curvatures over four orders of magnitude.
    private static double Bowl(double[] x, double[] gradient)
    {
        double value = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double curvature = Math.Pow(10, i % 5), off = x[i] - (i - 3);
            value += curvature / 2 * off * off;
            gradient[i] = curvature * off;
        }

        return value;
    }

    [Fact]
    public void Minimize_UnevenBowl_ReachesItsBottomTheSameWayTwice()
    {
        double[] x = new double[20], again = new double[20];

        int steps = LimitedMemoryBfgs.Minimize(Bowl, x, 1e-8, 200);

        Assert.InRange(steps, 1, 100);
        Assert.All(x.Select((value, i) => value - (i - 3)), off => Assert.Equal(0, off, 1e-7));
        Assert.Equal(steps, LimitedMemoryBfgs.Minimize(Bowl, again, 1e-8, 200));
        Assert.Equal(x, again);
    }

    [Fact]
    public void Minimize_NoMinimum_EndsAfterItsSteps()
    {
        double[] x = [0];

        Assert.Equal(25, LimitedMemoryBfgs.Minimize((at, gradient) => -(gradient[0] = -Math.Exp(-at[0])), x, 0, 25));
        Assert.True(double.IsFinite(x[0]));
    }

    [Fact]
    public void Minimize_AtTheBottom_StaysThere()
    {
        double[] x = [5];

        Assert.Equal(0, LimitedMemoryBfgs.Minimize((_, gradient) => gradient[0] = 0, x, 1e-9, 10));
        Assert.Equal(5, x[0]);
    }
}
