using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace ResNeXt.MLNet;

/// <summary>
/// The weights of a one-dimensional resize, as Pillow computes them: the filter's support grows with the shrink factor, the
/// weights of an output pixel sum to one and are then rounded to fixed point with <see cref="PrecisionBits"/> bits. Computing them takes
/// some 20 microseconds, so none are kept for the next image; their memory is pooled and goes back with <see cref="Dispose"/>.
/// </summary>
internal sealed class ResizeKernel : IDisposable
{
    /// <summary>Bits after the point: 32 less 8 for the pixel and 2 for the overshoot of the cubic filter.</summary>
    public const int PrecisionBits = 22;

    /// <summary>What is added before the bits after the point are cut off.</summary>
    public const int Half = 1 << (PrecisionBits - 1);

    private static readonly int WidestVector =
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    private readonly int _stride;
    private int[] _memory; // starts, counts, grouped starts [Count]; weights [Count, stride]; grouped weights

    /// <param name="sourceLength">Pixels along the axis before the resize.</param>
    /// <param name="targetLength">Pixels along the axis after the resize.</param>
    /// <param name="offset">First output pixel wanted.</param>
    /// <param name="count">Number of output pixels wanted.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="vectorBits">The vectors to use: 0 (none), 128, 256 or 512 bits; the processor's widest unless given.</param>
    public ResizeKernel(int sourceLength, int targetLength, int offset, int count, ImageInterpolation interpolation, int? vectorBits = null)
    {
        (Func<double, double> filter, double radius) = interpolation == ImageInterpolation.Bicubic
            ? ((Func<double, double>)Cubic, 2.0)
            : (Triangle, 1.0);
        double scale = (double)sourceLength / targetLength;
        double stretch = Math.Max(scale, 1.0);
        double support = radius * stretch;
        _stride = ((int)Math.Ceiling(support) * 2) + 1;
        Count = count;
        VectorBits = vectorBits ?? WidestVector;
        int group = Math.Max(1, VectorBits / 128);
        _memory = ArrayPool<int>.Shared.Rent(checked(count * (3 + _stride + (RgbImage.PixelBytes * (_stride + group)))));
        Span<int> starts = _memory.AsSpan(0, count), counts = _memory.AsSpan(count, count);
        Span<double> exact = _stride <= 512 ? stackalloc double[_stride] : new double[_stride];
        for (int i = 0; i < count; i++)
        {
            double center = (offset + i + 0.5) * scale;
            int start = Math.Max((int)(center - support + 0.5), 0);
            int length = Math.Min((int)(center + support + 0.5), sourceLength) - start;
            double sum = 0;
            for (int k = 0; k < length; k++)
            {
                exact[k] = filter((start + k - center + 0.5) * (1.0 / stretch));
                sum += exact[k];
            }

            starts[i] = start;
            counts[i] = length;
            for (int k = 0; k < length; k++)
            {
                double weight = sum == 0 ? exact[k] : exact[k] / sum;
                _memory[(3 * count) + (i * _stride) + k] = (int)(Math.CopySign(0.5, weight) + (weight * (1 << PrecisionBits)));
            }
        }

        // A vector reads a group of pixels: all output pixels are given as many whole groups as the widest needs.
        GroupedTaps = (TensorPrimitives.Max<int>(counts) + group - 1) / group * group;
        CanGroup = GroupedTaps <= sourceLength;
        if (CanGroup)
        {
            Group(sourceLength);
        }
    }

    /// <summary>Number of output pixels.</summary>
    public int Count { get; }

    /// <summary>The vectors to use: 0 (none), 128, 256 or 512 bits.</summary>
    public int VectorBits { get; }

    /// <summary>The source pixels that are read for an output pixel when they are read in groups.</summary>
    public int GroupedTaps { get; }

    /// <summary>Whether the source is long enough to be read in whole groups.</summary>
    public bool CanGroup { get; }

    /// <summary>As <see cref="Start"/>, moved back where a group would end beyond the source.</summary>
    public ReadOnlySpan<int> GroupedStarts => _memory.AsSpan(2 * Count, Count);

    /// <summary>
    /// The weights from <see cref="GroupedStarts"/> on, zero where a pixel does not count, each four times: for red, green, blue and the
    /// byte that means nothing, <c>[Count, GroupedTaps, 4]</c>.
    /// </summary>
    public ReadOnlySpan<int> GroupedWeights => _memory.AsSpan(Count * (3 + _stride), Count * GroupedTaps * RgbImage.PixelBytes);

    /// <summary>The first source pixel that any output pixel reads.</summary>
    public int SourceStart => Start(0);

    /// <summary>One past the last source pixel that any output pixel reads.</summary>
    public int SourceEnd => Start(Count - 1) + Weights(Count - 1).Length;

    /// <summary>The first source pixel that output pixel <paramref name="i"/> reads.</summary>
    public int Start(int i) => _memory[i];

    /// <summary>The fixed-point weights of output pixel <paramref name="i"/>, one for each source pixel from <see cref="Start"/>.</summary>
    public ReadOnlySpan<int> Weights(int i) => _memory.AsSpan((3 * Count) + (i * _stride), _memory[Count + i]);

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_memory);
        _memory = []; // a second call gives nothing back
    }

    private void Group(int sourceLength)
    {
        Span<int> grouped = _memory.AsSpan(Count * (3 + _stride), Count * GroupedTaps * RgbImage.PixelBytes);
        grouped.Clear();
        for (int i = 0; i < Count; i++)
        {
            int start = Math.Min(Start(i), sourceLength - GroupedTaps);
            _memory[(2 * Count) + i] = start;
            int at = ((i * GroupedTaps) + Start(i) - start) * RgbImage.PixelBytes;
            foreach (int weight in Weights(i))
            {
                grouped.Slice(at, RgbImage.PixelBytes).Fill(weight);
                at += RgbImage.PixelBytes;
            }
        }
    }

    private static double Triangle(double x) => Math.Max(1.0 - Math.Abs(x), 0.0);

    /// <summary>Keys' cubic convolution, a = -0.5.</summary>
    private static double Cubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        return x switch
        {
            < 1.0 => ((((A + 2.0) * x) - (A + 3.0)) * x * x) + 1,
            < 2.0 => ((((x - 5) * x) + 8) * x - 4) * A,
            _ => 0.0,
        };
    }
}
