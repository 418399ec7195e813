namespace ResNeXt.Training.Tests;

public sealed class TrainDisplayTests
{
    private static readonly TrainProgress State = new()
    {
        Epoch = 3,
        Epochs = 30,
        Step = 10,
        Steps = 20,
        Loss = 1.2345,
        Top1 = 0.5,
        LearningRate = 0.01,
        ImagesPerSecond = 260.04,
        DataWait = 0.12,
        Classes = 10,
        Metrics = Rows.Epoch(3) with { Epochs = 30, ValTop5 = 0.9, LearningRate = 1.25e-5, Seconds = 3700 },
        Validation = new ClassificationMetrics(10, 0.75, 0.9, 0.833),
    };

    [Theory]
    [InlineData(20, "epoch 3/30    8 %")]
    [InlineData(49, "epoch 3/30    8 %  loss 1.234  0:01:40 left")]
    [InlineData(60, "epoch 3/30  #..............    8 %  loss 1.234  0:01:40 left")]
    public void Line_OfAWidth_HoldsWhatFits(int width, string expected) =>
        Assert.Equal(expected, TrainDisplay.Line(width, State, TimeSpan.FromSeconds(100), ('#', '.')));

    [Fact]
    public void Line_OfEveryWidth_IsNoLongerThanThat()
    {
        for (int width = 17; width < 250; width++)
        {
            Assert.InRange(TrainDisplay.Line(width, State, TimeSpan.FromHours(100), ('#', '.')).Length, 1, width);
        }

        string wide = TrainDisplay.Line(200, State, null, ('#', '.'));
        Assert.Contains("  top-1 50.0 %  260.0 images/s  data wait 12 %  ", wide, StringComparison.Ordinal);
        Assert.DoesNotContain("data wait", TrainDisplay.Line(200, State with { DataWait = 0.04 }, null, ('#', '.')), StringComparison.Ordinal);
        Assert.DoesNotContain("images/s", TrainDisplay.Line(200, State with { FromFeatures = true }, null, ('#', '.')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "epoch", " 3/30")]
    [InlineData(59, "epoch    loss    top-1  val loss  val top-1  images/s", " 3/30   0.667   50.0 %     0.833    75.00 %     100.5")]
    [InlineData(79, "epoch    loss    top-1  val loss  val top-1  val top-5        lr  images/s", " 3/30   0.667   50.0 %     0.833    75.00 %    90.00 %  1.25E-05     100.5")]
    [InlineData(199, "epoch    loss    top-1  val loss  val top-1  val top-5        lr  images/s     time", " 3/30   0.667   50.0 %     0.833    75.00 %    90.00 %  1.25E-05     100.5  1:01:40")]
    public void EpochTable_OfAWidth_HasTheColumnsThatFit(int width, string head, string row)
    {
        var table = new EpochTable(width, State);

        Assert.Equal((head, row), (table.Head, table.Row(State)));
    }

    [Fact]
    public void EpochTable_FiveClassesFeaturesOrATeacher_HasTheirColumns()
    {
        string few = new EpochTable(199, State with { Classes = 5, FromFeatures = true }).Head;
        string taught = new EpochTable(199, State with { Validation = null, Metrics = State.Metrics! with { TrainTop1 = null, ValFeatureError = 0.5 } }).Head;

        Assert.Equal("epoch    loss    top-1  val loss  val top-1        lr     time", few);
        Assert.Equal("epoch    loss  feature error        lr  images/s     time", taught);
    }
}
