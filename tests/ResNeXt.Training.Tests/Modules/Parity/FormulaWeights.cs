using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>Weights and pixels by the formula of <c>formula.py</c>, bit for bit, which says why they are as they are.</summary>
internal static class FormulaWeights
{
    public static void Fill(ResNeXtModule module)
    {
        using var noGradient = no_grad();
        foreach ((string name, Tensor target) in module.state_dict())
        {
            if (!name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
            {
                using Tensor values = empty(target.shape);
                Fill(name, target.shape, MemoryMarshal.Cast<byte, float>(values.bytes));
                target.copy_(values);
            }
        }
    }

    /// <summary><c>[size, size, 3]</c> bytes.</summary>
    public static byte[] Pixels(int size) => [.. Hashes("pixels", size * size * 3).Select(hash => (byte)(hash >> 24))];

    /// <summary>32 bits for each index.</summary>
    public static IEnumerable<uint> Hashes(string name, int count)
    {
        uint seed = Seed(name);
        return Enumerable.Range(0, count).Select(i => Hash(seed, (uint)i));
    }

    private static void Fill(string name, long[] shape, Span<float> values)
    {
        long fanIn = shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        (double center, double spread) = shape.Length switch
        {
            4 => (0, Math.Sqrt(6.0 / fanIn)),
            2 => (0, Math.Sqrt(3.0 / fanIn)),
            _ when name.EndsWith("running_var", StringComparison.Ordinal) => (1, 0.2),
            _ when name.EndsWith("bn3.weight", StringComparison.Ordinal) => (0.25, 0.05),
            _ when name.EndsWith("weight", StringComparison.Ordinal) => (1, 0.1),
            _ => (0, 0.1),
        };
        uint seed = Seed(name);
        float offset = (float)center, factor = (float)spread;
        for (int i = 0; i < values.Length; i++)
        {
            float unit = ((Hash(seed, (uint)i) >> 8) * (1f / (1 << 23))) - 1;
            values[i] = offset + (factor * unit);
        }
    }

    private static uint Seed(string name)
    {
        uint seed = 2166136261;
        foreach (byte value in Encoding.UTF8.GetBytes(name))
        {
            seed = (seed ^ value) * 16777619;
        }

        return seed;
    }

    private static uint Hash(uint seed, uint index)
    {
        uint h = (index * 0x9E3779B9) + seed;
        h = (h ^ (h >> 16)) * 0x85EBCA6B;
        h = (h ^ (h >> 13)) * 0xC2B2AE35;
        return h ^ (h >> 16);
    }
}
