using ProductPhotos;
using SkiaSharp;

namespace ResNeXt.Samples.Tests;

/// <summary>Images to send, drawn from a seed.</summary>
internal static class DrawnImages
{
    private static readonly ToyKind[] Kinds = Enum.GetValues<ToyKind>();

    /// <summary>A toy; each index is another picture.</summary>
    public static byte[] Toy(int index, int width = 96, int height = 72) => ToyPicture.Jpeg(Kinds[index % Kinds.Length], index * 47 % 360, index, width, height);

    /// <summary>A PNG of one colour: few bytes, many pixels.</summary>
    public static byte[] Plain(int width, int height)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.Gray);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
