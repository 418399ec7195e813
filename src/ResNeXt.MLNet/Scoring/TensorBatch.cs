using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ResNeXt.MLNet;

/// <summary>Room for preprocessed images as the network takes them: float, <c>[N, 3, ImageSize, ImageSize]</c>, RGB, 0..255.</summary>
internal sealed class TensorBatch
{
    private readonly float[] _values;
    private readonly int _size;

    /// <param name="capacity">The most images it holds, at least 1.</param>
    /// <param name="imageSize">Edge of an image in pixels.</param>
    /// <exception cref="ArgumentException">They are too many for one array.</exception>
    public TensorBatch(int capacity, int imageSize)
    {
        _size = imageSize;
        int most = Array.MaxLength / ImageLength;
        _values = capacity <= most
            ? new float[capacity * ImageLength]
            : throw new ArgumentException(FormattableString.Invariant($"A batch of {capacity} images of {imageSize} pixels is too large: expected at most {most} images."));
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
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, ImageLength);
        Span<float> image = _values.AsSpan(index * ImageLength, ImageLength);
        Span<float> red = image[..plane], green = image.Slice(plane, plane), blue = image.Slice(2 * plane, plane);
        int done = Vector128.IsHardwareAccelerated ? SetFours(pixels, red, green, blue) : 0;
        SetSingles(pixels, red, green, blue, done);
    }

    /// <summary>Pixels from <paramref name="start"/> on, one at a time.</summary>
    internal static void SetSingles(ReadOnlySpan<byte> pixels, Span<float> red, Span<float> green, Span<float> blue, int start)
    {
        for (int i = start, source = start * RgbImage.Channels; i < red.Length; i++, source += RgbImage.Channels)
        {
            red[i] = pixels[source];
            green[i] = pixels[source + 1];
            blue[i] = pixels[source + 2];
        }
    }

    /// <summary>Pixels four at a time, as long as 16 bytes can be read. Returns how many.</summary>
    internal static int SetFours(ReadOnlySpan<byte> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        const int Pixels = 4, Z = 255; // a place beyond the vector gives zero
        ref byte source = ref MemoryMarshal.GetReference(pixels);
        ref float r = ref MemoryMarshal.GetReference(red), g = ref MemoryMarshal.GetReference(green), b = ref MemoryMarshal.GetReference(blue);
        int i = 0;
        for (; (i * RgbImage.Channels) + Vector128<byte>.Count <= pixels.Length && i + Pixels <= red.Length; i += Pixels)
        {
            Vector128<byte> four = Vector128.LoadUnsafe(ref source, (nuint)(i * RgbImage.Channels));
            Vector128<byte> reds = Vector128.Shuffle(four, Vector128.Create(0, Z, Z, Z, 3, Z, Z, Z, 6, Z, Z, Z, 9, Z, Z, Z));
            Vector128<byte> greens = Vector128.Shuffle(four, Vector128.Create(1, Z, Z, Z, 4, Z, Z, Z, 7, Z, Z, Z, 10, Z, Z, Z));
            Vector128<byte> blues = Vector128.Shuffle(four, Vector128.Create(2, Z, Z, Z, 5, Z, Z, Z, 8, Z, Z, Z, 11, Z, Z, Z));
            Vector128.ConvertToSingle(reds.AsInt32()).StoreUnsafe(ref r, (nuint)i);
            Vector128.ConvertToSingle(greens.AsInt32()).StoreUnsafe(ref g, (nuint)i);
            Vector128.ConvertToSingle(blues.AsInt32()).StoreUnsafe(ref b, (nuint)i);
        }

        return i;
    }

    /// <summary>The values of the first <paramref name="count"/> images.</summary>
    public Memory<float> First(int count) => _values.AsMemory(0, count * ImageLength);

    /// <summary>The shape that goes with <see cref="First"/>.</summary>
    public long[] Shape(int count) => [count, RgbImage.Channels, _size, _size];
}
