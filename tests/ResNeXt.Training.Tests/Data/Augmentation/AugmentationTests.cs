using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class AugmentationTests(Shapes shapes)
{
    private const int Size = 32;

    private static readonly ImagePreprocessing Preprocessing = new() { ImageSize = Size, ResizeSize = Size };

    private static Augmentation Everything => Augmentation.Of(Preprocessing, 0.3) with
    {
        AutoAugment = AutoAugment.TrivialAugmentWide,
        ColorJitter = new ColorJitter(0.4, 0.4, 0.4, 0.1),
        Lighting = 0.1,
        RandomErase = 0.5,
    };

    [Fact]
    public void Process_Everything_GivesTheSameEpochForAnyNumberOfThreads()
    {
        Sample[] samples = [.. shapes.Images.Select((image, i) => new Sample(image.ImagePath, i))];

        foreach (LabeledBatch batch in new BatchLoader(samples, Preprocessing, 7, Everything.Process).Epoch(5, default))
        {
            // One thread, in another order than the loader's.
            byte[] expected = new byte[batch.Pixels.Length];
            for (int i = batch.Labels.Length - 1; i >= 0; i--)
            {
                int index = (int)batch.Labels[i];
                var random = new Random(Seed.Of(5, index));
                Everything.Process(ImageDecoder.DecodeFile(samples[index].Path), random, expected.AsSpan(i * Size * Size * 3, Size * Size * 3));
            }

            Assert.Equal(expected, batch.Pixels);
        }
    }

    [Fact]
    public void Process_ManySeeds_FlipsHalfOfTheImages()
    {
        // Dark to bright from left to right: a flip shows in the corners.
        byte[] pixels = [.. Enumerable.Range(0, 64 * 64).SelectMany(i => Enumerable.Repeat((byte)(i % 64 * 4), 3))];
        Augmentation augmentation = Augmentation.Of(Preprocessing, 1);

        int flipped = Outputs(augmentation, new RgbImage(64, 64, pixels)).Count(target => target[0] > target[(Size * 3) - 1]);

        Assert.InRange(flipped, 430, 570);
    }

    [Fact]
    public void Process_RandomErase_PaintsItsShareOfTheImages()
    {
        var white = new RgbImage(64, 64, [.. Enumerable.Repeat((byte)255, 64 * 64 * 3)]);
        Augmentation augmentation = Augmentation.Of(Preprocessing, 0.08) with { RandomErase = 0.1 };

        Assert.InRange(Outputs(augmentation, white).Count(target => target.Contains(MeanColor.Of(Preprocessing)[0])), 70, 130);
    }

    /// <summary>Colours that tell where they are: red across, green down. What the view says of the middle of the square is what is there.</summary>
    [Theory]
    [InlineData(0.2, TrainCropMode.RandomResized)]
    [InlineData(0.2, TrainCropMode.RandomSized)]
    [InlineData(null, null)]
    public void Process_AnyCrop_SaysWhereItIs(double? cropScale, TrainCropMode? mode)
    {
        const int Width = 200, Height = 120;
        byte[] pixels = [.. Enumerable.Range(0, Width * Height).SelectMany(i => new byte[] { (byte)(i % Width), (byte)(i / Width), 0 })];
        var image = new RgbImage(Width, Height, pixels);
        Augmentation augmentation = Augmentation.Of(Preprocessing, cropScale, mode);
        var seen = new HashSet<bool>();
        for (int seed = 0; seed < 200; seed++)
        {
            byte[] target = new byte[Preprocessing.ByteCount];
            ImageView view = augmentation.Process(image, new Random(seed), target);

            int column = Size / 3, shown = view.Flipped ? Size - 1 - column : column, at = ((Size / 2 * Size) + column) * 3;
            Assert.Equal(view.X + ((shown + 0.5) / Size * view.Width) - 0.5, target[at], 1.5);
            Assert.Equal(view.Y + ((Size / 2 + 0.5) / Size * view.Height) - 0.5, target[at + 1], 1.5);
            Assert.Equal((Width, Height), (view.ImageWidth, view.ImageHeight));
            seen.Add(view.Flipped);
        }

        Assert.Equal(2, seen.Count);
    }

    private static IEnumerable<byte[]> Outputs(Augmentation augmentation, RgbImage image) => Enumerable.Range(0, 1000).Select(seed =>
    {
        byte[] target = new byte[Size * Size * 3];
        augmentation.Process(image, new Random(seed), target);
        return target;
    });
}
