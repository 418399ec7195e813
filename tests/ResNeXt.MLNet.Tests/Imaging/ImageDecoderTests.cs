namespace ResNeXt.MLNet.Tests;

public class ImageDecoderTests
{
    [Theory]
    [MemberData(nameof(Golden.Files), MemberType = typeof(Golden))]
    public void DecodeFile_EveryFormat_EqualsPillow(string file)
    {
        Golden golden = Golden.Of(file);

        RgbImage image = ImageDecoder.DecodeFile(golden.FullPath);

        Assert.Equal((golden.Width, golden.Height), (image.Width, image.Height));
        Assert.Equal(golden.Sha256, Golden.Digest(image.ToRgb()));
    }

    [Theory]
    [MemberData(nameof(Golden.Files), MemberType = typeof(Golden))]
    public void DecodeFile_OrientationIgnored_GivesThePixelsAsStored(string file)
    {
        Golden golden = Golden.Of(file);

        using RgbImage image = ImageDecoder.DecodeFile(golden.FullPath, ImageOrientation.Ignore);

        Assert.Equal(golden.StoredSha256, Golden.Digest(image.ToRgb()));
    }

    [Theory]
    [MemberData(nameof(OrientationGolden.Names), MemberType = typeof(OrientationGolden))]
    public void ExifOrientation_HoweverItIsStored_EqualsPillow(string name)
    {
        OrientationGolden golden = OrientationGolden.Of(name);

        int orientation = ExifOrientation.Of(golden.File);
        Assert.Equal(golden.Orientation ?? orientation, orientation); // where Pillow raises an error, none is expected
    }

    [Fact]
    public void ExifOrientation_FilesCutOrWithBytesAltered_GiveSomeOrientation()
    {
        var random = new Random(1);
        foreach (OrientationGolden golden in OrientationGolden.All)
        {
            for (int i = 0; i < 200; i++)
            {
                byte[] file = [.. golden.File.AsSpan(0, random.Next(1, golden.File.Length + 1))];
                for (int flips = random.Next(4); flips > 0; flips--)
                {
                    file[random.Next(file.Length)] = (byte)random.Next(256);
                }

                Assert.InRange(ExifOrientation.Of(file), 1, 8);
            }
        }
    }

    [Fact]
    public void Decode_MemoryUsedBefore_LeavesNothingOfItInTheImage()
    {
        // A frame smaller than the canvas: the decoder must clear the rest, for the pool does not.
        byte[] gif =
        [
            .. "GIF89a"u8, 2, 0, 2, 0, 0x80, 0, 0, // 2 x 2, a palette of two
            200, 100, 50, 255, 255, 255,
            0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, // a frame of 1 x 1
            2, 2, 0x44, 0x01, 0, 0x3B,
        ];
        for (int i = 0; i < 3; i++)
        {
            using (RgbImage dirty = RgbImage.Rent(2, 2))
            {
                dirty.Rgba.Fill(0xA5);
            }

            using RgbImage image = ImageDecoder.Decode(gif, "a.gif");
            Assert.Equal([200, 100, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0], image.ToRgb());
        }
    }

    [Fact]
    public void DecodeFile_LargerThanTheLimit_IsRefusedUnread()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.OpenWrite(path))
            {
                file.SetLength(ImageLimits.Default.MaxEncodedBytes + 1L); // sparse: takes no room
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => ImageDecoder.DecodeFile(path));
            Assert.Contains("268435457 bytes", error.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Decode_LimitsLowered_RefusesWhatIsLarger()
    {
        byte[] image = File.ReadAllBytes(Golden.Of("jpeg-420-97x61.jpg").FullPath);
        RefusedWith(new ImageLimits { MaxPixels = (97 * 61) - 1 }, "97 x 61 pixels: expected at most 5916");
        RefusedWith(new ImageLimits { MaxEncodedBytes = image.Length - 1 }, $"{image.Length} bytes: expected an image of at most {image.Length - 1}");
        using RgbImage decoded = ImageDecoder.Decode(
            image, "a.jpg", new ImageDecoding { Limits = new ImageLimits { MaxPixels = 97 * 61, MaxEncodedBytes = image.Length } });

        void RefusedWith(ImageLimits limits, string reason) => Assert.Contains(
            reason,
            Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(image, "a.jpg", new ImageDecoding { Limits = limits })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AnimationOfManyFrames_CostsTheFirstOnly()
    {
        byte[] frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0];
        byte[] gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 200, 100, 50, 255, 255, 255, .. Enumerable.Repeat(frame, 100_000).SelectMany(bytes => bytes), 0x3B];

        // What it costs, not what a busy machine makes of it.
        TimeSpan fastest = Enumerable.Range(0, 5).Min(_ =>
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            using RgbImage image = ImageDecoder.Decode(gif, "a.gif");
            Assert.Equal([200, 100, 50], image.ToRgb());
            return System.Diagnostics.Stopwatch.GetElapsedTime(start);
        });

        Assert.True(fastest < TimeSpan.FromSeconds(0.5), $"Took {fastest}.");
    }

    // 97 x 61: a half is rounded up to 49 x 31, as libjpeg does it.
    [Theory]
    [InlineData("jpeg-420-97x61.jpg", 31, 97, 61)]
    [InlineData("jpeg-420-97x61.jpg", 30, 49, 31)]
    [InlineData("jpeg-420-97x61.jpg", 15, 25, 16)]
    [InlineData("jpeg-420-97x61.jpg", 1, 13, 8)]
    [InlineData("jpeg-turned-6-70x40.jpg", 20, 20, 35)]
    [InlineData("png-rgb-50x73.png", 1, 50, 73)]
    public void Decode_ShorterSideGiven_ShrinksAJpegAndNothingElse(string file, int shorterSide, int width, int height)
    {
        using RgbImage image = ImageDecoder.DecodeFile(Golden.Of(file).FullPath, new ImageDecoding { ShorterSide = shorterSide });
        Assert.Equal((width, height), (image.Width, image.Height));
    }

    // Unlike Pillow, which keeps the colour that the palette has for them; Skia does not hand the palette out.
    [Fact]
    public void Decode_GifWithTransparentPixels_MakesThemBlack()
    {
        byte[] gif =
        [
            .. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, // 1 x 1, a palette of two
            200, 100, 50, 255, 255, 255,
            0x21, 0xF9, 4, 1, 0, 0, 0, 0, // colour 0 is transparent
            0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0,
            2, 2, 0x44, 0x01, 0, 0x3B,
        ];

        Assert.Equal([0, 0, 0], ImageDecoder.Decode(gif, "a.gif").ToRgb());
    }

    [Fact]
    public void Decode_NoBytes_SaysThatTheFileIsEmpty()
    {
        Assert.Contains("'a.jpg' is empty", Refusal([]), StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_TextNamedJpg_SaysThatItIsNoImage()
    {
        Assert.Contains("'a.jpg' is not an image", Refusal("Dear Sir or Madam,\n"u8), StringComparison.Ordinal);
    }

    /// <summary>The library below would decode some of them: strangers' bytes reach only the decoders that are meant.</summary>
    [Theory]
    [InlineData("TIFF", new byte[] { 0x49, 0x49, 0x2A, 0, 8, 0, 0, 0 })]
    [InlineData("HEIC", new byte[] { 0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70, 0x68, 0x65, 0x69, 0x63 })]
    [InlineData("AVIF", new byte[] { 0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66 })]
    [InlineData("JPEG XL", new byte[] { 0xFF, 0x0A, 1, 2, 3 })]
    [InlineData(null, new byte[] { 0, 0, 1, 1, 0 })] // WBMP
    [InlineData(null, new byte[] { 0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0 })] // ICO
    public void Decode_FormatThatIsNotRead_IsRefusedByItsName(string? format, byte[] encoded) =>
        Assert.Contains(format is null ? "'a.jpg' is not an image: expected JPEG" : $"'a.jpg' is a {format} image, which is not read", Refusal(encoded), StringComparison.Ordinal);

    [Fact]
    public void DecodeFile_MissingFile_Throws()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "no such file.jpg");

        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => ImageDecoder.DecodeFile(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jpeg-420-98x131.jpg")]
    [InlineData("jpeg-444-80x123.jpg")]
    [InlineData("jpeg-progressive-90x64.jpg")]
    [InlineData("jpeg-gray-64x91.jpg")]
    [InlineData("png-rgb-50x73.png")]
    [InlineData("png-palette-70x44.png")]
    [InlineData("gif-45x66.gif")]
    [InlineData("bmp-31x42.bmp")]
    [InlineData("webp-lossless-55x47.webp")]
    public void Decode_TruncatedAnywhere_IsRefused(string file)
    {
        byte[] whole = File.ReadAllBytes(Golden.Of(file).FullPath);

        foreach (double part in new[] { 0.001, 0.1, 0.5, 0.9 })
        {
            byte[] start = whole[..Math.Max(1, (int)(part * whole.Length))];
            Assert.Contains("'a.jpg'", Refusal(start), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Decode_HeaderOfAHugeImage_IsRefusedBeforeMemoryIsTaken()
    {
        byte[] header =
        [
            0x89, .. "PNG\r\n\x1a\n"u8,
            0, 0, 0, 13, .. "IHDR"u8,
            0x00, 0x01, 0x86, 0xA0, // 100,000 columns
            0x00, 0x01, 0x86, 0xA0, // 100,000 rows
            8, 2, 0, 0, 0, // 8-bit RGB
            0x27, 0x30, 0x9C, 0x9F, // CRC-32
            0, 0, 0, 0, .. "IDAT"u8, 0x35, 0xAF, 0x06, 0x1E,
        ];
        long before = GC.GetAllocatedBytesForCurrentThread();

        string message = Refusal(header);

        Assert.Contains("100000 x 100000 pixels", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static string Refusal(ReadOnlySpan<byte> encoded)
    {
        byte[] bytes = encoded.ToArray();
        return Assert.Throws<InvalidDataException>(() => ImageDecoder.Decode(bytes, "a.jpg")).Message;
    }
}
