namespace ResNeXt.Samples.Tests;

public sealed class ClassifierOptionsTests
{
    [Theory]
    [InlineData("--Uploads:MaxFiles=0", "Uploads:MaxFiles is '0': expected 1 to 1000 files.")]
    [InlineData("--Uploads:MaxRequestBytes=2000", "Uploads:MaxRequestBytes is '2000': expected Uploads:MaxFileBytes (10485760)")]
    [InlineData("--Limits:RequestTimeout=00:00:00", "Limits:RequestTimeout is '00:00:00': expected 00:00:00.1 to 01:00:00.")]
    [InlineData("--Limits:Burst=many", "Limits:Burst")]
    [InlineData("--Limits:Bursts=5", "Bursts")] // a slip of the pen is not passed over
    [InlineData("--Model:File= ", "Model:File is ' ': expected the path of a .onnx file, or the name of pulled weights.")]
    [InlineData("--Model:Batching:MaxBatchSize=0", "Model:Batching:MaxBatchSize is 0: expected 1 to 4096 images.")]
    [InlineData("--Model:Batching:QueueCapacity=8", "Uploads:MaxFiles is '16': expected at most Model:Batching:QueueCapacity (8).")]
    [InlineData("--Limits:HeatMapsWaiting=0", "Uploads:MaxFiles is '16': expected at most Limits:HeatMapsAtOnce and Limits:HeatMapsWaiting together (1).")]
    [InlineData("--Model:PollInterval=02:00:00", "Model:PollInterval is '02:00:00'")]
    public async Task Start_BadSetting_OneLineNamesIt(string setting, string expected)
    {
        SampleRun run = await SampleRun.RunAsync("WebClassifier", Path.GetTempPath(), setting);
        run.AssertFailed(1, expected);
    }
}
