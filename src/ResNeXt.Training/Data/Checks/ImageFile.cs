using SkiaSharp;

namespace ResNeXt.Training;

/// <summary>What can be told of an image file without decoding it.</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="Width">Columns; 0 when its first bytes are not those of an image.</param>
/// <param name="Height">Rows, likewise.</param>
internal readonly record struct ImageFile(long Length, int Width, int Height)
{
    public bool IsImage => Width > 0;

    public int ShorterSide => Math.Min(Width, Height);

    public static ImageFile Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return default;
        }

        using SKCodec? codec = SKCodec.Create(path);
        return codec is null ? default : new ImageFile(file.Length, codec.Info.Width, codec.Info.Height);
    }
}
