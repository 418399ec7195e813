using System.Buffers;

namespace ResNeXt.Training;

/// <summary>
/// The crop of the paper's CIFAR recipe: the image as validation sees it gets a border of an eighth of its edge (4 of 32 pixels), and a
/// square of the old size is cut out anywhere. The paper's code pads with zeros after the normalisation: the border is the mean.
/// </summary>
internal sealed class PadAndCrop(ImagePreprocessing preprocessing)
{
    private readonly ImagePreprocessor _whole = new(preprocessing);
    private readonly byte[] _border = MeanColor.Of(preprocessing);
    private readonly int _padding = preprocessing.ImageSize / 8;

    /// <inheritdoc cref="RandomResizedCrop.Process"/>
    public ImageView Process(RgbImage image, Random random, Span<byte> target)
    {
        int left = random.Next((2 * _padding) + 1);
        int top = random.Next((2 * _padding) + 1);
        byte[] square = ArrayPool<byte>.Shared.Rent(preprocessing.ByteCount);
        _whole.Process(image, square);
        Crop(square, preprocessing.ImageSize, left - _padding, top - _padding, _border, target);
        ArrayPool<byte>.Shared.Return(square);
        return ImageView.Center(preprocessing, image.Width, image.Height, left - _padding, top - _padding);
    }

    /// <summary>Cuts the square that begins at column <paramref name="left"/> and row <paramref name="top"/>, which may lie outside.</summary>
    /// <param name="source"><c>[size, size, 3]</c> bytes.</param>
    /// <param name="size">Edge of both squares.</param>
    /// <param name="left">First column, at least <c>-size</c> and at most <c>size</c>.</param>
    /// <param name="top">First row, in the same range.</param>
    /// <param name="border">Red, green and blue of what lies outside.</param>
    /// <param name="target">Receives <c>[size, size, 3]</c> bytes.</param>
    internal static void Crop(ReadOnlySpan<byte> source, int size, int left, int top, ReadOnlySpan<byte> border, Span<byte> target)
    {
        const int Channels = RgbImage.Channels;
        int kept = (size - Math.Abs(left)) * Channels;
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = border[i % Channels];
        }

        for (int y = Math.Max(0, -top); y < Math.Min(size, size - top); y++)
        {
            int from = (((y + top) * size) + Math.Max(0, left)) * Channels;
            int to = ((y * size) + Math.Max(0, -left)) * Channels;
            source.Slice(from, kept).CopyTo(target[to..]);
        }
    }
}
