using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace ResNeXt.Training;

/// <summary>
/// Makes files of an image column, for an epoch to read again: a path is taken as it is, an encoded image written as it is, an
/// <see cref="MLImage"/> as PNG, which loses nothing. So rows of any number and size take no memory.
/// </summary>
/// <param name="folder">Receives the files; created when a file is written.</param>
internal sealed class ImageSpool(string folder)
{
    /// <summary>Gives the path of the current row's image. The name of a written file is the number of its row: errors show it.</summary>
    public Func<string> Reader(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        TextDataViewType => Paths(row, column),
        ImageDataViewType => Images(row, column),
        _ => EncodedImages(row, column),
    };

    private static Func<string> Paths(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> path = default;
        return () =>
        {
            getter(ref path);
            return path.Span.IsWhiteSpace() ? throw Missing(row, column, "the path is empty") : path.ToString();
        };
    }

    private Func<string> EncodedImages(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<byte>> getter = row.GetGetter<VBuffer<byte>>(column);
        VBuffer<byte> value = default;
        return () =>
        {
            getter(ref value);
            if (value.Length == 0)
            {
                throw Missing(row, column, "there are no bytes");
            }

            byte[] encoded = new byte[value.Length];
            value.CopyTo(encoded);
            return Write(row, column, "image", encoded);
        };
    }

    private Func<string> Images(DataViewRow row, DataViewSchema.Column column)
    {
        // Not disposed here: the getter disposes what it lent last time, and rows of a list lend the caller's own images.
        ValueGetter<MLImage> getter = row.GetGetter<MLImage>(column);
        MLImage? image = null;
        return () =>
        {
            getter(ref image!);
            if (image is null)
            {
                throw Missing(row, column, "the MLImage is null");
            }

            using RgbImage pixels = ImageColumn.ToRgb(image);
            using SKData encoded = Encode(pixels);
            return Write(row, column, "png", encoded.AsSpan());
        };
    }

    /// <summary>Fast rather than small: the file lives as long as the training.</summary>
    private static unsafe SKData Encode(RgbImage pixels)
    {
        fixed (byte* rgba = pixels.Rgba)
        {
            var info = new SKImageInfo(pixels.Width, pixels.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
            using var pixmap = new SKPixmap(info, (nint)rgba);
            return pixmap.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub, 1));
        }
    }

    private string Write(DataViewRow row, DataViewSchema.Column column, string extension, ReadOnlySpan<byte> encoded)
    {
        string path = Path.Combine(folder, FormattableString.Invariant($"row {row.Position}.{extension}"));
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(path, encoded);
            return path;
        }
        catch (IOException exception)
        {
            throw new IOException(
                $"The images of column '{column.Name}' cannot be kept in '{folder}' for the training: {exception.Message} Free some space there, or let the system's temporary folder be another.",
                exception);
        }
    }

    private static InvalidDataException Missing(DataViewRow row, DataViewSchema.Column column, string reason) =>
        new(FormattableString.Invariant($"Row {row.Position}, column '{column.Name}': {reason}; expected an image."));
}
