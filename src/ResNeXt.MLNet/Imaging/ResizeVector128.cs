using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ResNeXt.MLNet;

/// <summary><see cref="ResizeScalar"/> with vectors of 128 bits (SSE, NEON): one pixel of a row, or 16 bytes of a column of rows, at a time.</summary>
internal static unsafe class ResizeVector128
{
    public static void ResizeRow(byte* source, ResizeKernel columns, byte* target)
    {
        int taps = columns.GroupedTaps;
        fixed (int* starts = columns.GroupedStarts, weights = columns.GroupedWeights)
        {
            int* weight = weights;
            for (int x = 0; x < columns.Count; x++)
            {
                byte* pixel = source + (starts[x] * RgbImage.PixelBytes);
                Vector128<int> sum = Vector128.Create(ResizeKernel.Half); // RGBx
                for (int k = 0; k < taps; k++)
                {
                    Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(pixel)).AsByte();
                    sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * Vector128.Load(weight);
                    pixel += RgbImage.PixelBytes;
                    weight += Vector128<int>.Count;
                }

                StorePixel(sum, target);
                target += RgbImage.Channels;
            }
        }
    }

    public static void BlendRows(byte* source, int stride, ReadOnlySpan<int> weights, byte* target)
    {
        for (int i = 0; i < stride; i += Vector128<byte>.Count)
        {
            int at = Math.Min(i, stride - Vector128<byte>.Count); // the last one goes over some bytes again
            byte* row = source + at;
            Vector128<int> a = Vector128.Create(ResizeKernel.Half), b = a, c = a, d = a;
            foreach (int weight in weights)
            {
                (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(Vector128.Load(row));
                a += Vector128.WidenLower(lower).AsInt32() * weight;
                b += Vector128.WidenUpper(lower).AsInt32() * weight;
                c += Vector128.WidenLower(upper).AsInt32() * weight;
                d += Vector128.WidenUpper(upper).AsInt32() * weight;
                row += stride;
            }

            Vector128.NarrowWithSaturation(ToUInt16(a, b), ToUInt16(c, d)).Store(target + at);
        }
    }

    /// <summary>Rounds and clips the sums of a pixel. Four bytes are written, of which three count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePixel(Vector128<int> sum, byte* target)
    {
        Vector128<ushort> wide = ToUInt16(sum, sum);
        Unsafe.WriteUnaligned(target, Vector128.NarrowWithSaturation(wide, wide).AsUInt32().ToScalar());
    }

    /// <summary>Clips below zero; clipping above is left to the narrowing to bytes.</summary>
    private static Vector128<ushort> ToUInt16(Vector128<int> a, Vector128<int> b) => Vector128.Max(
        Vector128.NarrowWithSaturation(a >> ResizeKernel.PrecisionBits, b >> ResizeKernel.PrecisionBits), Vector128<short>.Zero).AsUInt16();
}
