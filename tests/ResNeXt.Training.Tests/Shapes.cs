using ResNeXt.MLNet;
using SkiaSharp;

namespace ResNeXt.Training.Tests;

/// <summary>A folder of two classes that a tiny network can learn: discs and stripes, drawn from a seed. Gone with the fixture.</summary>
public sealed class Shapes : IDisposable
{
    public const int PerClass = 24;

    public Shapes()
    {
        foreach (string label in Labels)
        {
            for (int i = 0; i < PerClass; i++)
            {
                Draw(Path.Combine(Folder, label, $"{i:00}.jpg"), label, i);
            }
        }
    }

    public static IReadOnlyList<string> Labels { get; } = ["disc", "stripes"];

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "resnext-tests-" + Guid.NewGuid().ToString("N"));

    public IReadOnlyList<LabeledImage> Images => [.. ImageFolder.Enumerate(Folder)];

    /// <summary>A fresh path beside the classes' parent folder.</summary>
    public string NewPath(string extension = "") => Path.Combine(Scratch, Guid.NewGuid().ToString("N") + extension);

    /// <summary>Options for a training of seconds.</summary>
    public TrainOptions Tiny(string output) => new()
    {
        Data = Images,
        Out = output,
        Architecture = "resnext14_2x4d",
        ImageSize = 32,
        Epochs = 2,
        BatchSize = 8,
        LearningRate = 0.02,
        CropScale = 0.5,
        ValSplit = 0.25,
        Seed = 1,
        Report = false, // one test in a hundred reads it
    };

    /// <summary>A copy of the folder that a test may spoil.</summary>
    public string Copy()
    {
        string data = NewPath();
        foreach (string file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(data, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return data;
    }

    /// <summary>A folder of as many copies, without class folders.</summary>
    public string Unlabelled(int count)
    {
        string data = Directory.CreateDirectory(NewPath()).FullName;
        IReadOnlyList<LabeledImage> images = Images;
        for (int i = 0; i < count; i++)
        {
            File.Copy(images[i % images.Count].ImagePath, Path.Combine(data, FormattableString.Invariant($"{i:0000}.jpg")));
        }

        return data;
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        if (Directory.Exists(_scratch))
        {
            Directory.Delete(_scratch, recursive: true);
        }
    }

    private readonly string _scratch = Path.Combine(Path.GetTempPath(), "resnext-tests-" + Guid.NewGuid().ToString("N"));

    private string Scratch => Directory.CreateDirectory(_scratch).FullName;

    private static void Draw(string path, string label, int index)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var random = new Random(index);
        using var bitmap = new SKBitmap(new SKImageInfo(random.Next(40, 64), random.Next(40, 64), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(bitmap))
        using (var paint = new SKPaint { Color = new SKColor((byte)random.Next(150, 256), (byte)random.Next(150, 256), (byte)random.Next(150, 256)), StrokeWidth = 3 })
        {
            canvas.Clear(new SKColor((byte)random.Next(80), (byte)random.Next(80), (byte)random.Next(80)));
            if (label == "disc")
            {
                canvas.DrawCircle(bitmap.Width / 2f, bitmap.Height / 2f, random.Next(10, 16), paint);
            }
            else
            {
                for (int x = random.Next(6); x < bitmap.Width; x += 8)
                {
                    canvas.DrawLine(x, 0, x, bitmap.Height, paint);
                }
            }
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        File.WriteAllBytes(path, data.ToArray());
    }
}
