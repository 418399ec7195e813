using CsCheck;

namespace ResNeXt.Tests;

/// <summary>Properties that meet the same values in every run.</summary>
internal static class FixedSeed
{
    private const int Count = 200;

    /// <summary>
    /// Checks the property for values drawn from the seed. <c>Sample</c> alone will not do: its seed holds for the first value, the
    /// rest are new in every run.
    /// </summary>
    /// <param name="values">Where the values come from.</param>
    /// <param name="seed">A seed in CsCheck's own notation.</param>
    /// <param name="property">Throws if the property does not hold.</param>
    public static void ForAll<T>(this Gen<T> values, string seed, Action<T> property)
    {
        PCG random = PCG.Parse(seed);
        for (int i = 0; i < Count; i++)
        {
            property(values.Generate(random, null, out _));
        }
    }
}
