namespace ResNeXt.Training.Tests;

public sealed class SeedTests
{
    // Computed apart from this code, by SplitMix64's definition.
    [Fact]
    public void Of_SeedAndPart_IsTheSameInEveryProcess() => Assert.Equal(-1806667742, Seed.Of(1, 2));

    [Fact]
    public void Of_NeighbouringParts_Differ() =>
        Assert.Equal(10_000, Enumerable.Range(0, 100).SelectMany(seed => Enumerable.Range(0, 100).Select(part => Seed.Of(seed, part))).Distinct().Count());
}
