using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class ImageColumnTests(TestImages images) : IClassFixture<TestImages>
{
    private readonly MLContext _ml = new(seed: 1);

    private float[][] Expected => Features(_ml.Data.LoadFromEnumerable(Rows.Of(images.Paths)), "ImagePath");

    [Fact]
    public void Reader_Bytes_GivesThePixelsOfTheFile() => Assert.Equal(
        Expected, Features(_ml.Data.LoadFromEnumerable(images.Paths.Select(path => new BytesRow { Image = File.ReadAllBytes(path) }).ToList()), "Image"));

    [Fact]
    public void Reader_BytesOfKnownSize_GivesThePixelsOfTheFile()
    {
        byte[] bytes = File.ReadAllBytes(images.Paths[2]);
        var definition = SchemaDefinition.Create(typeof(BytesRow));
        definition["Image"].ColumnType = new VectorDataViewType(NumberDataViewType.Byte, bytes.Length);
        Assert.Equal(Expected[2], Assert.Single(Features(_ml.Data.LoadFromEnumerable([new BytesRow { Image = bytes }], definition), "Image")));
    }

    [Fact]
    public void Reader_MLImageOfTheCaller_GivesThePixelsOfTheFileAndLeavesItAlive()
    {
        List<ImageRow> rows = [.. images.Paths.Select(path => new ImageRow { Image = MLImage.CreateFromFile(path) })];
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        Assert.Equal(Expected, Features(data, "Image"));
        Assert.All(rows, row => Assert.True(row.Image!.Width > 0));
        rows.ForEach(row => row.Image!.Dispose());
    }

    [Theory]
    [InlineData(MLPixelFormat.Rgba32)]
    [InlineData(MLPixelFormat.Bgra32)]
    public void Reader_MLImageOfEitherPixelFormat_GivesThePixelsOfTheFile(MLPixelFormat format)
    {
        using RgbImage rgb = ImageDecoder.DecodeFile(images.Paths[1]);
        byte[] pixels = rgb.Rgba.ToArray();
        for (int i = 0; i < pixels.Length; i += 4)
        {
            (int red, int blue) = format == MLPixelFormat.Rgba32 ? (0, 2) : (2, 0);
            (pixels[i + red], pixels[i + blue], pixels[i + 3]) = (pixels[i], pixels[i + 2], 255);
        }

        using MLImage image = MLImage.CreateFromPixels(rgb.Width, rgb.Height, format, pixels);
        Assert.Equal(Expected[1], Assert.Single(Features(_ml.Data.LoadFromEnumerable([new ImageRow { Image = image }]), "Image")));
    }

    [Fact]
    public void Reader_LoadImagesBefore_GivesThePixelsOfTheFile()
    {
        IDataView photos = _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));
        Assert.Equal(Expected, Features(_ml.Transforms.LoadImages("Image", "", "ImagePath").Fit(photos).Transform(photos), "Image"));
    }

    /// <summary>ML.NET's transforms leave the image of the row before, disposed, where a row has none.</summary>
    [Fact]
    public void Reader_ImageTransformsBefore_ARowWithoutAnImageIsMissing()
    {
        IDataView photos = _ml.Data.LoadFromEnumerable(Rows.Of([images.Paths[0], "", images.Paths[1], ""]));
        FeaturizeImagesOptions options = new() { InputColumnName = "Image", ModelFile = TestImages.TinyModel, BadImages = BadImagePolicy.Missing };
        foreach (IEstimator<ITransformer> before in (IEstimator<ITransformer>[])[_ml.Transforms.ResizeImages("Image", 40, 40), _ml.Transforms.ConvertToGrayscale("Image")])
        {
            IDataView loaded = _ml.Transforms.LoadImages("Image", "", "ImagePath").Append(before).Fit(photos).Transform(photos);
            using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages(options).Fit(loaded);

            Assert.Equal([true, false, true, false], transformer.Transform(loaded).GetColumn<bool>("HasImage"));
        }
    }

    [Theory]
    [InlineData("Ameise größer 1.jpg")]
    [InlineData("照片 №2.jpg")]
    [InlineData(" 100% 'it''s' #3 ?.jpg")]
    public void Reader_PathPeopleUse_GivesThePixelsOfTheFile(string name)
    {
        string path = Path.Combine(Directory.CreateDirectory(images.NewFile(" Käfer")).FullName, name);
        File.Copy(images.Paths[0], path);
        Assert.Equal(Expected[0], Assert.Single(Features(_ml.Data.LoadFromEnumerable(Rows.Of([path])), "ImagePath")));
    }

    [Fact]
    public void Reader_SymbolicLinks_FollowsThemOrNamesThem()
    {
        string link = images.NewFile(".jpg"), dangling = images.NewFile(".jpg"), loop = images.NewFile(".jpg");
        File.CreateSymbolicLink(link, images.Paths[0]);
        File.CreateSymbolicLink(dangling, images.Paths[0] + "x");
        File.CreateSymbolicLink(loop, loop);

        Assert.Equal(Expected[0], Assert.Single(Features(_ml.Data.LoadFromEnumerable(Rows.Of([link])), "ImagePath")));
        foreach (string path in new[] { dangling, loop })
        {
            string message = Assert.Throws<InvalidDataException>(() => Features(_ml.Data.LoadFromEnumerable(Rows.Of([path])), "ImagePath")).Message;
            Assert.Contains(path, message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(BadImagePolicy.Throw)]
    [InlineData(BadImagePolicy.Missing)]
    public void Reader_FileVanishedAfterListing_IsABadImage(BadImagePolicy policy)
    {
        string folder = Directory.CreateDirectory(images.NewFile("")).FullName;
        File.Copy(images.Paths[0], Path.Combine(folder, "1.jpg"));
        File.Copy(images.Paths[1], Path.Combine(folder, "2.jpg"));
        IDataView data = _ml.Data.LoadFromEnumerable(Rows.Of(ImageFolder.Files(folder)));
        FeaturizeImagesOptions options = new() { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, BadImages = policy };
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages(options).Fit(data);
        File.Delete(Path.Combine(folder, "1.jpg"));

        IDataView scored = transformer.Transform(data);

        if (policy == BadImagePolicy.Missing)
        {
            Assert.Equal([false, true], scored.GetColumn<bool>("HasImage"));
        }
        else
        {
            string message = Assert.Throws<InvalidDataException>(() => scored.GetColumn<float[]>("Features").Count()).Message;
            Assert.StartsWith("Row 0, column 'ImagePath': ", message, StringComparison.Ordinal);
            Assert.Contains(Path.Combine(folder, "1.jpg"), message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Reader_NullImageOrEmptyBytes_SaysSo()
    {
        Assert.Contains("holds no image", Assert.Throws<InvalidDataException>(
            () => Features(_ml.Data.LoadFromEnumerable([new ImageRow()]), "Image")).Message, StringComparison.Ordinal);
        Assert.Contains("Row 0, column 'Image': 'Image' is empty", Assert.Throws<InvalidDataException>(
            () => Features(_ml.Data.LoadFromEnumerable([new BytesRow()]), "Image")).Message, StringComparison.Ordinal);
    }

    private float[][] Features(IDataView data, string column)
    {
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", column, TestImages.TinyModel).Fit(data);
        return [.. transformer.Transform(data).GetColumn<float[]>("Features")];
    }
}
