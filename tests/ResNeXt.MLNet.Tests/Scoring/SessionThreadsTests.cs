namespace ResNeXt.MLNet.Tests;

public sealed class SessionThreadsTests(TestImages images) : IClassFixture<TestImages>
{
    [Fact]
    public void Score_AnyThreads_GivesTheSameBits()
    {
        float[][][] values = [.. new SessionThreads[] { new(), new() { IntraOp = 1 }, new() { IntraOp = 3 }, SessionThreads.Server, new() { IntraOp = 2, Affinity = "1" } }.Select(threads =>
        {
            using ResNeXtModel model = ResNeXtModel.Load(TestImages.TinyModel, ExecutionDevice.Cpu, threads);
            return new ImageScorer(model, [ResNeXtMetadata.FeaturesName], 8).Score(images.Paths).Select(image => image.Values[0]).ToArray();
        })];
        Assert.All(values, value => Assert.Equal(values[0], value));
    }

    [Theory]
    [InlineData(null, null, 2, true)]
    [InlineData("", "", 2, true)]
    [InlineData("4", "0", 4, false)]
    [InlineData("0", "1", 0, true)]
    public void OverriddenBy_Environment_WinsWhereItSaysSomething(string? intraOp, string? spinning, int expectedIntraOp, bool expectedSpinning) => Assert.Equal(
        new SessionThreads { IntraOp = expectedIntraOp, AllowSpinning = expectedSpinning },
        new SessionThreads { IntraOp = 2 }.OverriddenBy(name => name switch
        {
            SessionThreads.IntraOpVariable => intraOp,
            SessionThreads.AllowSpinningVariable => spinning,
            _ => null,
        }));

    [Fact]
    public void OverriddenBy_Affinity_IsTakenAsItIs() => Assert.Equal(
        new SessionThreads { IntraOp = 3, Affinity = "1;2" },
        new SessionThreads { IntraOp = 3, Affinity = "2;1" }.OverriddenBy(name => name == SessionThreads.AffinityVariable ? "1;2" : null));

    [Fact]
    public void OverriddenBy_OtherNumberOfThreads_DropsTheAffinityOfTheFirst() => Assert.Equal(
        new SessionThreads { IntraOp = 2 },
        new SessionThreads { IntraOp = 3, Affinity = "2;3" }.OverriddenBy(name => name == SessionThreads.IntraOpVariable ? "2" : null).Validated());

    [Theory]
    [InlineData(2, "1;2")]
    [InlineData(3, "1")]
    [InlineData(1, "1")]
    [InlineData(0, "1")]
    [InlineData(2, "0")]
    [InlineData(2, "all")]
    [InlineData(2, "1;")]
    public void Validated_AffinityThatDoesNotFit_SaysWhatWould(int intraOp, string affinity) => Assert.Equal(
        $"SessionThreads.Affinity is '{affinity}' for {intraOp} threads: expected a group of processors for each thread but the first, such as '2' for 2 threads or '2;3-4' for 3.",
        Assert.Throws<ArgumentException>(() => ResNeXtModel.Load(TestImages.TinyModel, ExecutionDevice.Cpu, new SessionThreads { IntraOp = intraOp, Affinity = affinity })).Message);

    [Theory]
    [InlineData("many")]
    [InlineData("-1")]
    [InlineData("257")]
    public void OverriddenBy_NoNumber_NamesVariableAndValue(string value) => Assert.Equal(
        $"The environment variable RESNEXT_INTRA_OP_THREADS is '{value}': expected a number from 0 to 256.",
        Assert.Throws<ArgumentException>(() => SessionThreads.Default.OverriddenBy(_ => value)).Message);

    [Theory]
    [InlineData(-1)]
    [InlineData(257)]
    public void Validated_OutOfRange_NamesTheValue(int intraOp)
    {
        var threads = new SessionThreads { IntraOp = intraOp };
        string expected = $"SessionThreads.IntraOp is {intraOp}: expected 1 to 256 threads, or 0 for ONNX Runtime's own choice.";
        Assert.Equal(expected, Assert.Throws<ArgumentException>(() => ResNeXtPredictor.Load(TestImages.TinyModel, threads: threads)).Message);
        var options = new FeaturizeImagesOptions { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, Threads = threads };
        Assert.Equal(expected, Assert.Throws<ArgumentException>(options.Validate).Message);
    }
}
