namespace ResNeXt.MLNet.Tests;

public sealed class ExecutionDeviceTests
{
    [Theory]
    [InlineData("auto", "auto")]
    [InlineData("CPU", "cpu")]
    [InlineData(" cuda ", "cuda:0")]
    [InlineData("Cuda:3", "cuda:3")]
    public void Parse_Known_RoundTrips(string text, string expected)
    {
        ExecutionDevice device = ExecutionDevice.Parse(text);
        Assert.Equal(expected, device.ToString());
        Assert.Equal(device, ExecutionDevice.Parse(device.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cpu:0")]
    public void Parse_Unknown_SaysWhatIsExpected(string text) => Assert.Equal(
        $"Device '{text}' is unknown: expected auto, cpu, cuda or cuda:N.",
        Assert.Throws<FormatException>(() => ExecutionDevice.Parse(text)).Message);

    [Fact]
    public void Cuda_NegativeId_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => ExecutionDevice.Cuda(-1));
}
