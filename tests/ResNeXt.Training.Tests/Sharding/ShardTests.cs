namespace ResNeXt.Training.Tests;

public sealed class ShardTests
{
    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("3/4", 3, 4)]
    [InlineData("auto", 5, 8, "SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_COUNT=8")]
    [InlineData("auto", 4, 8, "SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_COUNT=8", "SLURM_ARRAY_TASK_MIN=1")]
    [InlineData("auto/64", 17, 64, "SLURM_ARRAY_TASK_ID=17", "SLURM_ARRAY_TASK_COUNT=2", "SLURM_ARRAY_TASK_MIN=5", "SLURM_ARRAY_TASK_MAX=17")] // some shards again
    [InlineData("auto/16", 7, 16, "JOB_COMPLETION_INDEX=7")]
    [InlineData("auto", 1, 2, "OMPI_COMM_WORLD_RANK=1", "OMPI_COMM_WORLD_SIZE=2")]
    public void Parse_TextAndEnvironment_GiveAShard(string text, int index, int count, params string[] environment)
    {
        var shard = Shard.Parse(text, Variables(environment));

        Assert.Equal((index, count), (shard.Index, shard.Count));
    }

    [Theory]
    [InlineData("4/4", "expected i/n with 0 <= i < n")]
    [InlineData("-1/4", "expected i/n with 0 <= i < n")]
    [InlineData("1/0", "expected i/n with 0 <= i < n")]
    [InlineData("1", "expected i/n with 0 <= i < n")]
    [InlineData("1/2/3", "expected i/n with 0 <= i < n")]
    [InlineData("1/x", "no number of shards")]
    [InlineData("0/100000", "n at most 99999")]
    [InlineData("auto", "no scheduler has set its variables")]
    [InlineData("auto", "--shard auto/n", "JOB_COMPLETION_INDEX=7")]
    [InlineData("auto", "has gaps", "SLURM_ARRAY_TASK_ID=17", "SLURM_ARRAY_TASK_COUNT=2", "SLURM_ARRAY_TASK_MIN=5", "SLURM_ARRAY_TASK_MAX=17")]
    [InlineData("auto", "from SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_ID=9", "SLURM_ARRAY_TASK_COUNT=8")]
    public void Parse_WhatIsNoShard_IsRefused(string text, string expected, params string[] environment) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Shard.Parse(text, Variables(environment))).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_AnyList_IsCoveredOnceInOrder()
    {
        foreach ((long count, int shards) in ((long, int)[])[(1, 1), (5, 2), (3, 7), (1000, 64), (10_000_000_000, 99_999)])
        {
            (long From, long To)[] ranges = [.. Enumerable.Range(0, shards).Select(i => new Shard(i, shards, "").Of(count))];

            Assert.Equal((0, count), (ranges[0].From, ranges[^1].To));
            Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
            Assert.InRange(ranges.Max(range => range.To - range.From) - ranges.Min(range => range.To - range.From), 0, 1);
        }
    }

    private static Func<string, string?> Variables(string[] environment) =>
        name => environment.Where(variable => variable.StartsWith(name + "=", StringComparison.Ordinal)).Select(variable => variable[(name.Length + 1)..]).FirstOrDefault();
}
