namespace ResNeXt.Training;

/// <summary>Seeds for independent streams of chance, the same in every process.</summary>
internal static class Seed
{
    /// <summary>A seed for one part of a seeded whole: an image of an epoch, an epoch of a run.</summary>
    /// <remarks>The finaliser of SplitMix64 (Steele et al. 2014), so that neighbouring parts do not resemble each other.</remarks>
    public static int Of(int seed, int part)
    {
        ulong z = ((ulong)(uint)seed << 32) | (uint)part;
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(uint)(z ^ (z >> 31));
    }
}
