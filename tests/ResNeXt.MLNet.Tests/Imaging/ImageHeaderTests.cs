namespace ResNeXt.MLNet.Tests;

public class ImageHeaderTests
{
    // Bytes a pixel as measured on files of 20 megapixels of each kind, the largest memory of a process that decodes one; here blocks at the edge count, too.
    [Theory]
    [InlineData("jpeg-444-80x123.jpg", 4 * 80 * 123)]
    [InlineData("jpeg-turned-6-70x40.jpg", 8 * 70 * 40)]
    [InlineData("jpeg-progressive-444-51x70.jpg", (4 * 51 * 70) + (6 * 56 * 72))]
    [InlineData("jpeg-progressive-422-77x40.jpg", (4 * 77 * 40) + (4 * 80 * 40))]
    [InlineData("jpeg-progressive-90x64.jpg", (4 * 90 * 64) + (3 * 96 * 64))]
    [InlineData("jpeg-progressive-gray-40x77.jpg", (4 * 40 * 77) + (2 * 40 * 80))]
    [InlineData("png-rgba-61x40.png", 4 * 61 * 40)]
    [InlineData("png-interlaced-rgb-45x38.png", 7 * 45 * 38)]
    [InlineData("png-interlaced-rgba-40x33.png", 8 * 40 * 33)]
    [InlineData("png-interlaced-palette-50x41.png", 5 * 50 * 41)]
    [InlineData("png-interlaced-gray-38x51.png", 5 * 38 * 51)]
    [InlineData("gif-animated-40x36.gif", 4 * 40 * 36)]
    [InlineData("bmp-31x42.bmp", 4 * 31 * 42)]
    [InlineData("webp-lossless-55x47.webp", 8 * 55 * 47)]
    [InlineData("webp-lossy-64x50.webp", 4 * 64 * 50)]
    public void DecodingBytes_EachFormat_CountWhatItsDecoderKeeps(string file, long bytes) => Assert.Equal(bytes, Header(Golden.Of(file).FullPath).DecodingBytes);

    [Fact]
    public void Read_EveryGolden_HasItsFormatAndSize()
    {
        foreach (string file in Golden.Files.Select(row => row.Data))
        {
            ImageHeader header = Header(Golden.Of(file).FullPath, ImageOrientation.Ignore);
            using RgbImage image = ImageDecoder.DecodeFile(Golden.Of(file).FullPath, ImageOrientation.Ignore);

            Assert.Equal((image.Width, image.Height), (header.Width, header.Height));
            Assert.StartsWith(header.Format, file, StringComparison.OrdinalIgnoreCase);
            Assert.InRange(header.Work, 1e-6, 1e-6 * 4 * image.Width * image.Height + 0.001);
        }
    }

    [Fact]
    public void Decode_JpegOfVeryManyScans_IsRefused()
    {
        byte[] jpeg = File.ReadAllBytes(Golden.Of("jpeg-progressive-444-51x70.jpg").FullPath);
        int scan = jpeg.AsSpan().LastIndexOf<byte>([0xFF, 0xDA]);
        byte[] last = jpeg[scan..^2];
        byte[] many = [.. jpeg[..^2], .. Enumerable.Repeat(last, 100).SelectMany(bytes => bytes), 0xFF, 0xD9];

        Assert.Contains("scans", Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(many, "many.jpg")).Message);
    }

    [Fact]
    public void Decode_MoreThanTheBudget_IsRefusedByName()
    {
        // 65,500 x 65,500 pixels would be over the limit of pixels: the width and height of a real progressive file, made large.
        byte[] jpeg = File.ReadAllBytes(Golden.Of("jpeg-progressive-444-51x70.jpg").FullPath);
        int frame = jpeg.AsSpan().IndexOf<byte>([0xFF, 0xC2]);
        byte[] size = [0x30, 0, 0x30, 0]; // 12,288 each: 1.5 GB
        size.CopyTo(jpeg, frame + 5);
        long before = DecodingBudget.Bytes;
        DecodingBudget.Bytes = 1L << 30;
        try
        {
            string message = Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(jpeg, "large.jpg")).Message;

            Assert.Equal("'large.jpg' takes 1440 MB to decode, a JPEG image of 12288 x 12288 pixels: expected at most 1024 MB. Save a smaller copy, or give the process more memory.", message);
        }
        finally
        {
            DecodingBudget.Bytes = before;
        }
    }

    [Fact]
    public void Decode_FilesCutOrWithBytesAltered_LeaveNothingTaken()
    {
        var random = new Random(1);
        byte[] file = File.ReadAllBytes(Golden.Of("jpeg-progressive-90x64.jpg").FullPath);
        var shares = DecodingBudget.Process;
        for (int i = 0; i < 500; i++)
        {
            byte[] altered = [.. file.AsSpan(0, random.Next(3, file.Length + 1))];
            for (int flips = random.Next(4); flips > 0; flips--)
            {
                altered[random.Next(3, altered.Length)] = (byte)random.Next(256);
            }

            try
            {
                ImageDecoder.Decode(altered, "altered").Dispose();
            }
            catch (InvalidDataException)
            {
                // refused
            }
        }

        Assert.InRange(shares.Taken, 0, shares.Capacity / 100); // other tests decode beside this one
    }

    private static ImageHeader Header(string path, ImageOrientation orientation = ImageOrientation.Apply) =>
        ImageDecoder.ReadHeader(File.ReadAllBytes(path), path, new ImageDecoding { Orientation = orientation });
}
