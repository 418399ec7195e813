namespace ResNeXt.Training.Tests;

public sealed class SlowWorkTests
{
    [Fact]
    public async Task Done_AfterTwoSeconds_SpeaksOnce()
    {
        List<string> log = [];
        var work = new SlowWork("checking images", 5, log.Add);

        work.Done();
        Assert.Empty(log);
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        work.Done();
        work.Done();

        Assert.Equal(["checking images: 2 of 5"], log);
    }
}
