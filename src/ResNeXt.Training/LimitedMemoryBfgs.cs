using System.Numerics.Tensors;

namespace ResNeXt.Training;

/// <summary>
/// Minimises a smooth convex function (Liu and Nocedal 1989): Newton's direction from the last few steps, halved until the function falls as much as its slope
/// promises (Armijo). The same start gives the same steps.
/// </summary>
internal static class LimitedMemoryBfgs
{
    private const int Memory = 10, MostHalvings = 40;
    private const double SufficientDecrease = 1e-4;

    /// <param name="function">Gives the value at a point, and writes the gradient there to the second array.</param>
    /// <param name="x">The start; receives the minimum.</param>
    /// <param name="tolerance">The largest part of the gradient that counts as none.</param>
    /// <param name="mostIterations">Steps after which it ends in any case: a function may have no minimum.</param>
    /// <returns>Steps done.</returns>
    public static int Minimize(Func<double[], double[], double> function, double[] x, double tolerance, int mostIterations)
    {
        double[] gradient = new double[x.Length], next = new double[x.Length], nextGradient = new double[x.Length], direction = new double[x.Length];
        var memory = new Queue<Pair>();
        double value = function(x, gradient);
        for (int iteration = 0; iteration < mostIterations; iteration++)
        {
            double largest = Math.Abs(TensorPrimitives.MaxMagnitude<double>(gradient));
            if (!(largest > tolerance))
            {
                return iteration;
            }

            Direction(memory, gradient, direction);
            double slope = TensorPrimitives.Dot<double>(gradient, direction), step = memory.Count == 0 ? Math.Min(1, 1 / largest) : 1, found;
            int halvings = 0;
            do
            {
                TensorPrimitives.MultiplyAdd(direction, step, x, next);
                found = function(next, nextGradient);
                step /= 2;
            }
            while (!(found <= value + (SufficientDecrease * 2 * step * slope)) && ++halvings < MostHalvings);

            if (halvings == MostHalvings)
            {
                return iteration; // what is left to gain is lost in rounding
            }

            double[] moved = new double[x.Length], turned = new double[x.Length];
            TensorPrimitives.Subtract<double>(next, x, moved);
            TensorPrimitives.Subtract<double>(nextGradient, gradient, turned);
            double curvature = TensorPrimitives.Dot<double>(moved, turned);
            if (curvature > 1e-14 * TensorPrimitives.SumOfSquares<double>(turned))
            {
                memory.Enqueue(new Pair(moved, turned, curvature));
                if (memory.Count > Memory)
                {
                    memory.Dequeue();
                }
            }

            next.CopyTo(x, 0);
            nextGradient.CopyTo(gradient, 0);
            value = found;
        }

        return mostIterations;
    }

    /// <summary>The two loops: minus the gradient times what is known of the inverse of the second derivatives.</summary>
    private static void Direction(Queue<Pair> memory, double[] gradient, double[] direction)
    {
        TensorPrimitives.Negate<double>(gradient, direction);
        Pair[] pairs = [.. memory];
        double[] shares = new double[pairs.Length];
        for (int i = pairs.Length - 1; i >= 0; i--)
        {
            shares[i] = TensorPrimitives.Dot<double>(pairs[i].Moved, direction) / pairs[i].Curvature;
            TensorPrimitives.MultiplyAdd(pairs[i].Turned, -shares[i], direction, direction);
        }

        if (pairs.Length > 0)
        {
            TensorPrimitives.Multiply(direction, pairs[^1].Curvature / TensorPrimitives.SumOfSquares<double>(pairs[^1].Turned), direction);
        }

        for (int i = 0; i < pairs.Length; i++)
        {
            double share = shares[i] - (TensorPrimitives.Dot<double>(pairs[i].Turned, direction) / pairs[i].Curvature);
            TensorPrimitives.MultiplyAdd(pairs[i].Moved, share, direction, direction);
        }
    }

    /// <param name="Moved">A step.</param>
    /// <param name="Turned">How the gradient changed by it.</param>
    /// <param name="Curvature">The product of both.</param>
    private sealed record Pair(double[] Moved, double[] Turned, double Curvature);
}
