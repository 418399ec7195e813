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

    private static IEnumerable<byte[]> Outputs(Augmentation augmentation, RgbImage image) => Enumerable.Range(0, 1000).Select(seed =>
    {
        byte[] target = new byte[Size * Size * 3];
        augmentation.Process(image, new Random(seed), target);
        return target;
    });
}
