namespace ResNeXt.MLNet.Tests;

public sealed class SessionThreadsTests(TestImages images) : IClassFixture<TestImages>
{
    [Fact]
    public void Score_AnyThreads_GivesTheSameBits()
    {
        float[][][] values = [.. new SessionThreads[] { new(), new() { IntraOp = 1 }, new() { IntraOp = 3 }, new() { AllowSpinning = false } }.Select(threads =>
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
        new SessionThreads { IntraOp = 2 }.OverriddenBy(name => name == SessionThreads.IntraOpVariable ? intraOp : spinning));

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
