using ResNeXt.Samples.Tests;

namespace ResNeXt.Docs.Tests;

/// <summary>The first command of the README, on a few photos.</summary>
public sealed class QuickstartTests(DocumentFolder photos)
{
    [Fact]
    public async Task Run_OnPhotosOfOnesOwn_TrainsSavesAndPredictsInAnotherProcess()
    {
        string output = await DotNet.RunAsync(photos.Folder, SampleFiles.Assembly("Quickstart"), "--data", "flowers", "--out", "quickstart", "--epochs", "1");

        string said = output[output.IndexOf("The second process says:", StringComparison.Ordinal)..];
        Assert.All((string[])["daisy", "rose", "tulip"], label => Assert.Contains(label, said, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(photos.Folder, "quickstart", "parts.zip")));
    }
}
