namespace ResNeXt.MLNet;

/// <summary>Room for preprocessed images as the network takes them: float, <c>[N, 3, ImageSize, ImageSize]</c>, RGB, 0..255.</summary>
internal sealed class TensorBatch
{
    private readonly float[] _values;
    private readonly int _size;

    /// <param name="capacity">The most images it holds, at least 1.</param>
    /// <param name="imageSize">Edge of an image in pixels.</param>
    public TensorBatch(int capacity, int imageSize)
    {
        _size = imageSize;
        _values = new float[checked(capacity * ImageLength)];
        Capacity = capacity;
    }

    public int Capacity { get; }

    private int ImageLength => RgbImage.Channels * _size * _size;

    /// <summary>Puts an image in its place; different places may be written at the same time.</summary>
    /// <param name="index">The place, from 0.</param>
    /// <param name="pixels">Bytes, <c>[ImageSize, ImageSize, 3]</c>.</param>
    public void Set(int index, ReadOnlySpan<byte> pixels)
    {
        int plane = _size * _size;
        Span<float> image = _values.AsSpan(index * ImageLength, ImageLength);
        Span<float> red = image[..plane], green = image.Slice(plane, plane), blue = image[(2 * plane)..];
        for (int i = 0, source = 0; i < plane; i++, source += RgbImage.Channels)
        {
            red[i] = pixels[source];
            green[i] = pixels[source + 1];
            blue[i] = pixels[source + 2];
        }
    }

    /// <summary>The values of the first <paramref name="count"/> images.</summary>
    public Memory<float> First(int count) => _values.AsMemory(0, count * ImageLength);

    /// <summary>The shape that goes with <see cref="First"/>.</summary>
    public long[] Shape(int count) => [count, RgbImage.Channels, _size, _size];
}
