using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class DataChecksTests(Shapes shapes)
{
    [Fact]
    public void Run_GoodImages_SaysNothing() => Assert.Empty(Check(Split(shapes.Folder), imageSize: 32));

    [Fact]
    public void Run_FewImages_NamesTheClasses()
    {
        DataSplit all = Split(shapes.Folder);
        DataSplit few = all with { Training = [.. all.Training.Where(sample => sample.Label == 0), .. all.Training.Where(sample => sample.Label == 1).Take(3)] };

        Assert.Contains("1 class has fewer than 5 images to train on: 'stripes' (3)", Assert.Single(Check(few)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(4, true)]
    public void Run_OneClassMoreThanTwentyTimesTheOther_IsImbalance(int rare, bool expected)
    {
        // 100 to 5 and 100 to 4 of the same files: the labels alone count here.
        DataSplit all = Split(shapes.Folder);
        Sample disc = all.Training.First(sample => sample.Label == 0), stripes = all.Training.First(sample => sample.Label == 1);
        DataSplit unequal = all with { Training = [.. Enumerable.Repeat(disc, 100), .. Enumerable.Repeat(stripes, rare)], Validation = [] };

        Assert.Equal(expected, Check(unequal).Any(line => line.Contains("'disc' has 100 images to train on, 'stripes' 4", StringComparison.Ordinal)));
    }

    [Fact]
    public void Run_ImagesSmallerThanHalfTheInput_AreCounted()
    {
        string line = Assert.Single(Check(Split(shapes.Folder), imageSize: 256)); // they have 40 to 63 pixels

        Assert.Contains("48 of 48 images are smaller than half of the network's input of 256 pixels", line, StringComparison.Ordinal);
        Assert.Contains("(48 in all)", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_CopyInValidation_IsFoundUnderAnotherName()
    {
        DataSplit all = Split(shapes.Folder);
        string copy = shapes.NewPath(".jpg");
        File.Copy(all.Training[0].Path, copy);
        DataSplit leaking = all with { Validation = [.. all.Validation, new Sample(copy, all.Training[0].Label)] };

        Assert.Contains($"1 validation image is a copy of training images, so the accuracy will look better than it is: '{copy}' = '{all.Training[0].Path}'", Assert.Single(Check(leaking)), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OneImageInTwoClasses_IsFound()
    {
        DataSplit all = Split(shapes.Folder);
        DataSplit contradictory = all with { Training = [.. all.Training, all.Training[0] with { Label = 1 - all.Training[0].Label }] };

        Assert.Contains("1 image is in two classes at once", Assert.Single(Check(contradictory)), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Strict_ThrowsTheFirstWarningAfterAllWereSaid()
    {
        List<string> log = [];

        var exception = Assert.Throws<InvalidDataException>(
            () => DataChecks.Run(Split(shapes.Folder), new ImagePreprocessing(), strict: true, log.Add, CancellationToken.None));

        Assert.StartsWith("warning: 48 of 48 images", Assert.Single(log), StringComparison.Ordinal);
        Assert.Contains("48 of 48 images", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>One of the two has the first bytes of an image and only ends too early: whoever mends one should hear of the other.</summary>
    [Fact]
    public void Run_SeveralUnreadable_ListsAll()
    {
        string data = shapes.Copy(), text = Path.Combine(data, "disc", "zz.jpg"), cut = Path.Combine(data, "stripes", "00.jpg");
        File.WriteAllText(text, "no image");
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..500]);
        List<string> log = [];

        var exception = Assert.Throws<InvalidDataException>(
            () => DataChecks.Run(Split(data), new ImagePreprocessing(), strict: false, log.Add, CancellationToken.None));

        Assert.Equal(2, log.Count(line => line.StartsWith("unreadable: ", StringComparison.Ordinal)));
        Assert.Contains(log, line => line.Contains(text, StringComparison.Ordinal));
        Assert.Contains(log, line => line.Contains(cut, StringComparison.Ordinal));
        Assert.Contains("2 of 49 images cannot be read", exception.Message, StringComparison.Ordinal);
    }

    private static DataSplit Split(string folder) => DataSplit.HoldOut(ImageFolder.Enumerate(folder), 0.25, 1);

    private static List<string> Check(DataSplit data, int imageSize = 32)
    {
        List<string> log = [];
        DataChecks.Run(data, new ImagePreprocessing { ImageSize = imageSize }, strict: false, log.Add, CancellationToken.None);
        return log;
    }
}
