using System.Buffers;
using System.Runtime.InteropServices;

namespace ResNeXt.MLNet;

/// <summary>
/// A decoded image: 8-bit RGB in four bytes a pixel, as decoders write it and vectors read it; rows from the top without padding. Who
/// makes one disposes it: the memory comes from the pool, that of a large image from the system, which has it back at once.
/// </summary>
internal sealed unsafe class RgbImage : IDisposable
{
    /// <summary>Colours of a pixel.</summary>
    public const int Channels = 3;

    /// <summary>Bytes that a pixel takes in <see cref="Rgba"/>.</summary>
    public const int PixelBytes = 4;

    /// <summary>16 megapixels. Larger images are too rare to keep their memory for the next one, and the collector would come for it too late.</summary>
    private const int LargestPooled = 1 << 26;

    private byte[]? _pooled;
    private nint _native;

    private RgbImage(int width, int height)
    {
        int bytes = checked(width * height * PixelBytes);
        Width = width;
        Height = height;
        if (bytes <= LargestPooled)
        {
            _pooled = ArrayPool<byte>.Shared.Rent(bytes);
        }
        else
        {
            _native = (nint)NativeMemory.Alloc((nuint)bytes);
        }
    }

    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="rgb">Bytes R, G, B of each pixel, <c>[height, width, 3]</c>; copied.</param>
    public RgbImage(int width, int height, ReadOnlySpan<byte> rgb)
        : this(width, height)
    {
        Span<byte> rgba = Rgba;
        for (int source = 0, target = 0; target < rgba.Length; source += Channels, target += PixelBytes)
        {
            rgba[target] = rgb[source];
            rgba[target + 1] = rgb[source + 1];
            rgba[target + 2] = rgb[source + 2];
        }
    }

    /// <summary>Columns, at least 1.</summary>
    public int Width { get; }

    /// <summary>Rows, at least 1.</summary>
    public int Height { get; }

    /// <summary>Bytes R, G, B of each pixel and one that means nothing, <c>[Height, Width, 4]</c>.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been given back.</exception>
    public Span<byte> Rgba
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pooled is null && _native == 0, this);
            int bytes = Width * Height * PixelBytes;
            return _native == 0 ? _pooled.AsSpan(0, bytes) : new Span<byte>((void*)_native, bytes);
        }
    }

    /// <summary>What the pixels take of a budget; given back with them.</summary>
    public MemoryShares.Share? Memory { private get; set; }

    /// <summary>An image whose pixels are still to be written.</summary>
    public static RgbImage Rent(int width, int height) => new(width, height);

    /// <summary>A copy of the pixels, <c>[Height, Width, 3]</c>.</summary>
    public byte[] ToRgb()
    {
        ReadOnlySpan<byte> rgba = Rgba;
        byte[] rgb = new byte[Width * Height * Channels];
        for (int source = 0, target = 0; target < rgb.Length; source += PixelBytes, target += Channels)
        {
            rgba.Slice(source, Channels).CopyTo(rgb.AsSpan(target));
        }

        return rgb;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pooled, null) is byte[] pooled)
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }

        NativeMemory.Free((void*)Interlocked.Exchange(ref _native, 0)); // nothing where it is zero
        Memory?.Dispose();
    }
}
