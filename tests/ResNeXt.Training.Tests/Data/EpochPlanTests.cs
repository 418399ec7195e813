namespace ResNeXt.Training.Tests;

public sealed class EpochPlanTests
{
    // 10, 3 and 1 images of three classes.
    private static readonly Sample[] Samples = [.. Enumerable.Range(0, 14).Select(i => new Sample($"{i}", i < 10 ? 0 : i < 13 ? 1 : 2))];

    [Fact]
    public void Batches_ClassBalanced_ShowEveryClassEquallyOften()
    {
        var plan = new EpochPlan(Samples, 4, classBalanced: true);

        PlannedBatch[] batches = [.. plan.Batches(7)];
        ImageDraw[] draws = [.. batches.SelectMany(batch => batch.Own)];

        Assert.Equal((15, 4), (plan.ImageCount, plan.BatchCount));
        Assert.Equal(plan.BatchCount, batches.Length);
        Assert.All(draws.GroupBy(draw => Samples[draw.Index].Label), group => Assert.Equal(5, group.Count()));
        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 2, 5], draws.GroupBy(draw => draw.Index).Select(group => group.Count()).Order());
        Assert.Equal(draws.Length, draws.Select(draw => draw.Seed(7, Samples.Length)).Distinct().Count());
        Assert.NotEqual(draws.OrderBy(draw => Samples[draw.Index].Label), draws); // classes do not follow each other
    }

    [Fact]
    public void Batches_ClassBalanced_DependOnTheSeedAlone()
    {
        var plan = new EpochPlan(Samples, 4, classBalanced: true);
        ImageDraw[] first = [.. plan.Batches(7).SelectMany(batch => batch.Own)];

        Assert.Equal(first, new EpochPlan(Samples, 4, classBalanced: true).Batches(7).SelectMany(batch => batch.Own));
        Assert.NotEqual(first, plan.Batches(8).SelectMany(batch => batch.Own));

        // Over the epochs the large class shows all of its images.
        Assert.Equal(10, Enumerable.Range(0, 20).SelectMany(seed => plan.Batches(seed)).SelectMany(batch => batch.Own).Count(draw => draw.Index < 10) / 10);
        Assert.Equal(14, Enumerable.Range(0, 20).SelectMany(seed => plan.Batches(seed)).SelectMany(batch => batch.Own).Select(draw => draw.Index).Distinct().Count());
    }

    [Fact]
    public void Batches_AllClassesAlike_AreThoseOfThePlainOrder()
    {
        int[] expected = [.. Enumerable.Range(0, 14)];
        new Random(7).Shuffle(expected);

        Assert.Equal(expected, new EpochPlan(Samples, 4).Batches(7).SelectMany(batch => batch.Own).Select(draw => draw.Index));
        Assert.Equal(Enumerable.Range(0, 14), new EpochPlan(Samples, 4, classBalanced: true).Batches(null).SelectMany(batch => batch.Own).Select(draw => draw.Index));
    }
}
