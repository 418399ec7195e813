using CsCheck;

namespace ResNeXt.Training.Tests;

public sealed class BatchPlanTests
{
    [Fact]
    public void Even_AnyCount_UsesEveryImageOnceAndLeavesNoSingleOne() =>
        Gen.Select(Gen.Int[2, 5000], Gen.Int[3, 300]).ForAll("0000KOIPe036", values =>
        {
            (int count, int batchSize) = values;
            IReadOnlyList<Range> plan = BatchPlan.Even(count, batchSize);
            int[] sizes = [.. plan.Select(range => range.GetOffsetAndLength(count).Length)];

            Assert.Equal(count, sizes.Sum());
            Assert.InRange(sizes.Max(), 2, batchSize);
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
            Assert.True(sizes.Min() >= 2);
            Assert.All(plan.Zip(plan.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        });
}
