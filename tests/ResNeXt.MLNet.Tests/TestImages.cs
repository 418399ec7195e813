using SkiaSharp;

namespace ResNeXt.MLNet.Tests;

/// <summary>A folder of drawn images, from a seed; gone with the fixture.</summary>
public sealed class TestImages : IDisposable
{
    public TestImages()
    {
        Directory.CreateDirectory(Folder);
        Paths = [.. Enumerable.Range(0, 40).Select(Draw)];
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "resnext-tests-" + Guid.NewGuid().ToString("N"));

    /// <summary>Forty JPEG and PNG files of many sizes.</summary>
    public IReadOnlyList<string> Paths { get; }

    public static string TinyModel { get; } = Path.Combine(AppContext.BaseDirectory, "Models", "tiny.onnx");

    /// <summary>The graph of <see cref="TinyModel"/> without metadata.</summary>
    public static string PlainModel { get; } = Path.Combine(AppContext.BaseDirectory, "Models", "plain.onnx");

    /// <summary><see cref="TinyModel"/> with a weight of its last layer that is not a number; that file carries no digest.</summary>
    public string NewModelWithoutAnswer()
    {
        byte[] model = File.ReadAllBytes(TinyModel);
        model.AsSpan(model.AsSpan().LastIndexOf("fc.w"u8) + 12, 8).Fill(0xFF); // one float at least lies in them whole
        return NewFile(".onnx", model);
    }

    /// <summary>A path in the folder for a file that the test writes.</summary>
    public string NewFile(string extension) => Path.Combine(Folder, Guid.NewGuid().ToString("N") + extension);

    public string NewFile(string extension, byte[] content)
    {
        string path = NewFile(extension);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Draw(int index)
    {
        var random = new Random(index);
        using var bitmap = new SKBitmap(new SKImageInfo(random.Next(33, 120), random.Next(33, 120), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(Color());
            for (int i = 0; i < 6; i++)
            {
                using var paint = new SKPaint { Color = Color() };
                canvas.DrawCircle(random.Next(bitmap.Width), random.Next(bitmap.Height), random.Next(4, 30), paint);
            }
        }

        bool isPng = index % 4 == 3;
        string path = Path.Combine(Folder, $"image {index:00}{(isPng ? ".png" : ".jpg")}");
        using SKData data = bitmap.Encode(isPng ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 90);
        using FileStream file = File.Create(path);
        data.SaveTo(file);
        return path;

        SKColor Color() => new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
    }
}
