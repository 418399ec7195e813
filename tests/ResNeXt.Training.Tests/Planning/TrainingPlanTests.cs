namespace ResNeXt.Training.Tests;

public sealed class TrainingPlanTests
{
    private static readonly TrainingPlan Two = new()
    {
        Classes = [("ants", 99, 25), ("bees", 97, 24)],
        HeldBack = 0.2,
        Architecture = "resnext20_8x8d_small",
        ImageSize = 64,
        Weights = "embedded",
        Device = "cpu, 2 threads, bfloat16",
        EpochsDone = 0,
        Epochs = 51,
        MayEndEarly = false,
        Time = TimeSpan.FromSeconds(100),
    };

    [Fact]
    public void Lines_TwoClasses_SayWhatWillHappen() => Assert.Equal(
        [
            "  train    val  class",
            "     99     25  ants",
            "     97     24  bees",
            "    196     49  images of 2 classes, 20 % of each held back to validate with",
            "  architecture  resnext20_8x8d_small, 64 x 64 pixels",
            "  weights       embedded",
            "  device        cpu, 2 threads, bfloat16",
            "  time          about 2 minutes, 51 epochs",
        ],
        Two.Lines());

    [Fact]
    public void Lines_ManyClassesOfLongNames_StayShort()
    {
        TrainingPlan plan = Two with
        {
            Classes = [.. Enumerable.Range(0, 199).Select(i => ($"{i:000} {new string('x', 100)}", 400 + i, 100))],
            Weights = new string('w', 200),
            HeldBack = null,
        };
        string[] lines = [.. plan.Lines()];

        Assert.Equal(17, lines.Length);
        Assert.Equal("                and 189 more, with 410 to 598 to train on", lines[11]);
        Assert.Equal(" 99,301 19,900  images of 199 classes, validation images of their own", lines[12]);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Fact]
    public void Lines_TeacherWithoutLabels_SaySo()
    {
        string[] lines = [.. (Two with { Classes = [("", 99, 25)], HasTeacher = true }).Lines()];

        Assert.Equal("     99     25  (without labels)", lines[1]);
        Assert.Equal("     99     25  images of 1 class, 20 % of each held back to validate with", lines[2]);
        Assert.Equal("  time          about 2 minutes, 51 epochs, and what the teacher takes", lines[^1]);
    }

    [Fact]
    public void Lines_ResumedOrSeveralRanks_SayWhatIsLeft()
    {
        Assert.Equal("  time          about 2 minutes at most, epochs 8 to 51", (Two with { EpochsDone = 7, MayEndEarly = true }).Lines().Last());
        Assert.Equal("  time          not planned for several ranks, 1 epoch", (Two with { Time = null, Epochs = 1 }).Lines().Last());
    }
}
