using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace ResNeXt.MLNet;

/// <summary>The image column: what may be one, and how its value becomes an <see cref="ImageSource"/>.</summary>
internal static class ImageColumn
{
    private const string Expected = "text (a path), a vector of bytes (an encoded image) or MLImage";

    /// <exception cref="ArgumentException">The column is missing or of a wrong type.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name) ?? throw Missing(name, schema.Where(other => !other.IsHidden).Select(other => other.Name));
        bool isImage = column.Type is TextDataViewType or ImageDataViewType || CarriedRows.IsBytes(column);
        return isImage ? column : throw WrongType(name, $"{column.Type}");
    }

    /// <inheritdoc cref="Find"/>
    public static void Require(SchemaShape schema, string name)
    {
        SchemaShape.Column[] columns = [.. schema.Where(column => column.Name == name)];
        if (columns.Length == 0)
        {
            throw Missing(name, schema.Select(other => other.Name));
        }

        (SchemaShape.Column.VectorKind kind, DataViewType item, bool isKey) = (columns[0].Kind, columns[0].ItemType, columns[0].IsKey);
        bool isImage = kind == SchemaShape.Column.VectorKind.Scalar ? item is TextDataViewType or ImageDataViewType : item.Equals(NumberDataViewType.Byte);
        if (!isImage || isKey)
        {
            throw WrongType(name, $"{(isKey ? "key of " : "")}{item}, {kind}");
        }
    }

    /// <summary>Gives the image of the row's current position. The value is copied: the row may move on before it is decoded.</summary>
    public static Func<ImageSource> Reader(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        TextDataViewType => PathReader(row, column),
        ImageDataViewType => ImageReader(row, column),
        _ => BytesReader(row, column),
    };

    private static Func<ImageSource> PathReader(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> path = default;
        return () =>
        {
            getter(ref path);
            return ImageSource.FromFile(path.ToString());
        };
    }

    private static Func<ImageSource> BytesReader(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<byte>> getter = row.GetGetter<VBuffer<byte>>(column);
        VBuffer<byte> value = default;
        return () =>
        {
            getter(ref value);
            byte[] encoded = new byte[value.Length];
            value.CopyTo(encoded);
            return ImageSource.FromBytes(encoded, column.Name);
        };
    }

    private static Func<ImageSource> ImageReader(DataViewRow row, DataViewSchema.Column column)
    {
        // Not disposed here: the getter disposes what it lent last time, and rows of a list lend the caller's own images.
        ValueGetter<MLImage> getter = row.GetGetter<MLImage>(column);
        MLImage? image = null;
        return () =>
        {
            getter(ref image!);
            RgbImage? pixels = image is null || IsDisposed(image) ? null : ToRgb(image);
            return pixels is null
                ? new ImageSource(column.Name, _ => throw new InvalidDataException($"'{column.Name}' holds no image: the MLImage is null."))
                : ImageSource.FromPixels(pixels, column.Name);
        };
    }

    /// <summary>ML.NET's ResizeImages and ConvertToGrayscale leave the image of the row before, disposed, where a row has none.</summary>
    private static bool IsDisposed(MLImage image)
    {
        try
        {
            return image.Width < 0;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>
    /// The same pixels as a decoded file, alpha dropped; where a file has transparency they may be a shade off, for MLImage keeps
    /// colours multiplied with it. Not MLImage.Pixels: built for SkiaSharp 2.88, it cannot run where a program brings SkiaSharp 3.
    /// </summary>
    public static RgbImage ToRgb(MLImage image)
    {
        byte[] pixels = image.GetBGRPixels;
        for (int i = 0; i < pixels.Length; i += RgbImage.Channels)
        {
            (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        }

        return new RgbImage(image.Width, image.Height, pixels);
    }

    private static ArgumentException Missing(string name, IEnumerable<string> columns) =>
        new($"Image column '{name}' is missing: the data has {string.Join(", ", columns.Select(column => $"'{column}'"))}.");

    private static ArgumentException WrongType(string name, string type) =>
        new($"Image column '{name}' is of type {type}: expected {Expected}.");
}
