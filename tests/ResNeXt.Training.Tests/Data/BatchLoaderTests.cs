namespace ResNeXt.Training.Tests;

public sealed class BatchLoaderTests(Shapes shapes)
{
    private static readonly MLNet.ImagePreprocessing Small = new() { ImageSize = 16, ResizeSize = 16 };

    private BatchLoader Loader(params IEnumerable<Sample> extra) => Loader(null, extra);

    private BatchLoader Loader(Action? unreadable, IEnumerable<Sample> extra)
    {
        Sample[] samples = [.. shapes.Images.Select((image, i) => new Sample(image.ImagePath, i)), .. extra];
        var crop = new RandomResizedCrop(16, 0.3, MLNet.ImageInterpolation.Bilinear);
        return new BatchLoader(samples, Small, 7, crop.Process, unreadable: unreadable);
    }

    [Fact]
    public void Epoch_SameSeed_GivesTheSameBytes()
    {
        LabeledBatch[] first = [.. Loader().Epoch(5, default)];
        LabeledBatch[] second = [.. Loader().Epoch(5, default)];

        Assert.Equal(first.SelectMany(batch => batch.Labels), second.SelectMany(batch => batch.Labels));
        Assert.Equal(first.SelectMany(batch => batch.Pixels), second.SelectMany(batch => batch.Pixels));
        Assert.Equal(Loader().BatchCount, first.Length);
    }

    [Fact]
    public void Epoch_OtherSeed_HasEveryImageOnceInAnotherOrder()
    {
        long[] first = [.. Loader().Epoch(5, default).SelectMany(batch => batch.Labels)];
        long[] second = [.. Loader().Epoch(6, default).SelectMany(batch => batch.Labels)];

        Assert.NotEqual(first, second);
        Assert.Equal(first.Order(), second.Order());
        Assert.Equal(2 * Shapes.PerClass, first.Distinct().Count());
    }

    [Fact]
    public void Epoch_WithoutSeed_KeepsTheOrder() =>
        Assert.Equal(Enumerable.Range(0, 2 * Shapes.PerClass).Select(i => (long)i), Loader().Epoch(null, default).SelectMany(batch => batch.Labels));

    [Fact]
    public void Epoch_BadFile_ThrowsWithItsName()
    {
        string file = shapes.NewPath(".jpg");
        File.WriteAllText(file, "no image");

        var exception = Assert.Throws<InvalidDataException>(() => Loader(new Sample(file, 0)).Epoch(1, default).Count());

        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Epoch_BadFile_IsToldBeforeTheExceptionComes()
    {
        string file = shapes.NewPath(".jpg");
        File.WriteAllText(file, "no image");
        int told = 0;

        Assert.Throws<InvalidDataException>(() => Loader(() => told++, [new Sample(file, 0)]).Epoch(1, default).Count());

        Assert.Equal(1, told);
    }

    [Fact]
    public void Epoch_LeftEarly_StopsItsWorkers()
    {
        int prepared = 0;
        var counting = new BatchLoader([.. Enumerable.Repeat(new Sample(shapes.Images[0].ImagePath, 0), 1000)], Small, 4, (_, _, _) =>
        {
            Interlocked.Increment(ref prepared);
            return default;
        });
        Assert.Single(counting.Epoch(1, default).Take(1));
        int atTheEnd = prepared;
        Thread.Sleep(100);
        Assert.Equal(atTheEnd, prepared);
        Assert.InRange(prepared, 4, 4 * 6); // the one taken, three ahead, one waiting for room, one in the making

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Loader().Epoch(1, cancelled.Token).Count());
    }
}
