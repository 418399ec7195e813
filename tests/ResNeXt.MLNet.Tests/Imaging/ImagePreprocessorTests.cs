namespace ResNeXt.MLNet.Tests;

public class ImagePreprocessorTests
{
    [Theory]
    [MemberData(nameof(Golden.Files), MemberType = typeof(Golden))]
    public void Process_EveryGolden_EqualsTorchvision(string file)
    {
        Golden golden = Golden.Of(file);
        RgbImage image = ImageDecoder.DecodeFile(golden.FullPath);

        Assert.All(golden.Transforms, transform =>
        {
            var preprocessing = new ImagePreprocessing
            {
                ResizeSize = transform.Resize,
                ImageSize = transform.Crop,
                Fit = transform.Fit,
                Interpolation = transform.Interpolation,
            };
            byte[] pixels = new byte[preprocessing.ByteCount];
            new ImagePreprocessor(preprocessing).Process(image, pixels);
            Assert.Equal(transform.Sha256, Golden.Digest(pixels));
        });
    }

    [Theory]
    [MemberData(nameof(Golden.Files), MemberType = typeof(Golden))]
    public void Process_TenCrop_EqualsTorchvision(string file)
    {
        var preprocessor = new ImagePreprocessor(new ImagePreprocessing { ResizeSize = 33, ImageSize = 20 }, ImageViews.TenCrop);
        byte[] pixels = new byte[10 * 20 * 20 * 3];

        preprocessor.Process(ImageDecoder.DecodeFile(Golden.Of(file).FullPath), pixels);

        Assert.Equal(Golden.TenCrops[file], Golden.Digest(pixels));
    }

    [Fact]
    public void Process_Flip_IsTheCentreAndItsMirrorImage()
    {
        RgbImage image = ImageDecoder.DecodeFile(Golden.Of("jpeg-420-97x61.jpg").FullPath);
        var preprocessing = new ImagePreprocessing { ResizeSize = 32, ImageSize = 28 };
        byte[] center = new byte[preprocessing.ByteCount], both = new byte[2 * preprocessing.ByteCount];

        new ImagePreprocessor(preprocessing).Process(image, center);
        new ImagePreprocessor(preprocessing, ImageViews.Flip).Process(image, both);

        Assert.Equal(center, both[..center.Length]);
        Assert.Equal(center.Chunk(28 * 3).SelectMany(row => row.Chunk(3).Reverse().SelectMany(pixel => pixel)), both[center.Length..]);
    }

    [Fact]
    public void Process_TargetPooledAndDirty_OverwritesEveryByte()
    {
        RgbImage image = ImageDecoder.DecodeFile(Golden.Of("jpeg-420-97x61.jpg").FullPath);
        var preprocessor = new ImagePreprocessor(new ImagePreprocessing { ResizeSize = 32, ImageSize = 28 });
        byte[] clean = new byte[28 * 28 * 3], dirty = new byte[28 * 28 * 3];
        dirty.AsSpan().Fill(0xA5);

        preprocessor.Process(image, clean);
        preprocessor.Process(image, dirty);

        Assert.Equal(clean, dirty);
    }

    [Fact]
    public void Constructor_CropLargerThanResize_NamesTheValue()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new ImagePreprocessor(new ImagePreprocessing { ResizeSize = 100, ImageSize = 224 }));

        Assert.Contains("ResizeSize is 100", error.Message, StringComparison.Ordinal);
    }
}
