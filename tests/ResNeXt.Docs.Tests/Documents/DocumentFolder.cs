using ResNeXt.MLNet;
using ResNeXt.Training;
using SkiaSharp;

namespace ResNeXt.Docs.Tests;

/// <summary>The current folder, as the documents take it for granted: <c>flowers</c>, <c>photo.jpg</c>, <c>model.onnx</c>, weights of a tiny network and the name <c>resnext50_32x4d</c>.</summary>
public sealed class DocumentFolder : IDisposable
{
    private const int PhotosOfAClass = 12;
    private static readonly (string Name, SKColor Color)[] Flowers = [("daisy", SKColors.White), ("rose", SKColors.Crimson), ("tulip", SKColors.Gold)];

    public DocumentFolder()
    {
        foreach ((string name, SKColor color) in Flowers)
        {
            for (int i = 0; i < PhotosOfAClass; i++)
            {
                string path = Path.Combine(Folder, "flowers", name, $"{i:D4}.jpg");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                Draw(path, color, i);
            }
        }

        TrainResult trained = new Trainer(new TrainOptions
        {
            Data = ImageFolder.Enumerate(Path.Combine(Folder, "flowers")),
            Out = Path.Combine(Folder, "trained"),
            Architecture = "resnext11_2x4d_cifar",
            ImageSize = 16,
            Epochs = 4,
            ActivationMaps = true,
        }).Run();
        File.Copy(trained.Model, Path.Combine(Folder, "model.onnx"));
        string cache = Directory.CreateDirectory(Path.Combine(Folder, "cache")).FullName;
        File.Copy(trained.Model, Path.Combine(cache, "resnext50_32x4d.tv2_in1k.onnx"));
        Environment.SetEnvironmentVariable("RESNEXT_CACHE", cache); // as if the weights had been pulled
        File.Copy(Path.Combine(Folder, "trained", "best.safetensors"), Path.Combine(Folder, "resnext50_32x4d.pth")); // the content of a file tells its format
        Draw(Path.Combine(Folder, "photo.jpg"), SKColors.Crimson, 99);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("resnext-docs-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Draw(string path, SKColor color, int seed)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(96, 64);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.ForestGreen);
        using var paint = new SKPaint { Color = color };
        canvas.DrawCircle(random.Next(30, 66), random.Next(24, 40), random.Next(14, 22), paint);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        using FileStream file = File.Create(path);
        data.SaveTo(file);
    }
}
