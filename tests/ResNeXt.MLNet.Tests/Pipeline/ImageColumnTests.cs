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
