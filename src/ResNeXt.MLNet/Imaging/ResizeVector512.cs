using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNeXt.MLNet;

/// <summary><see cref="ResizeScalar"/> with vectors of 512 bits: four pixels of a row, or 64 bytes of a column of rows, at a time.</summary>
internal static unsafe class ResizeVector512
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
                Vector512<int> sum = Vector512<int>.Zero; // four times RGBx
                for (int k = 0; k < taps; k += 4)
                {
                    sum += Widen(pixel) * Vector512.Load(weight);
                    pixel += 4 * RgbImage.PixelBytes;
                    weight += Vector512<int>.Count;
                }

                Vector256<int> half = sum.GetLower() + sum.GetUpper();
                ResizeVector128.StorePixel(half.GetLower() + half.GetUpper() + Vector128.Create(ResizeKernel.Half), target);
                target += RgbImage.Channels;
            }
        }
    }

    public static void BlendRows(byte* source, int stride, ReadOnlySpan<int> weights, byte* target)
    {
        for (int i = 0; i < stride; i += Vector512<byte>.Count)
        {
            int at = Math.Min(i, stride - Vector512<byte>.Count); // the last one goes over some bytes again
            byte* row = source + at;
            Vector512<int> a = Vector512.Create(ResizeKernel.Half), b = a, c = a, d = a;
            foreach (int weight in weights)
            {
                Vector512<int> factor = Vector512.Create(weight);
                a += Widen(row) * factor;
                b += Widen(row + 16) * factor;
                c += Widen(row + 32) * factor;
                d += Widen(row + 48) * factor;
                row += stride;
            }

            Vector512.NarrowWithSaturation(ToUInt16(a, b), ToUInt16(c, d)).Store(target + at);
        }
    }

    /// <summary>Clips below zero; clipping above is left to the narrowing to bytes.</summary>
    private static Vector512<ushort> ToUInt16(Vector512<int> a, Vector512<int> b) => Vector512.Max(
        Vector512.NarrowWithSaturation(a >> ResizeKernel.PrecisionBits, b >> ResizeKernel.PrecisionBits), Vector512<short>.Zero).AsUInt16();

    /// <summary>Sixteen bytes as sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Widen(byte* bytes) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(Vector128.Load(bytes))
        : Vector512.WidenLower(Vector256.WidenLower(Vector128.Load(bytes).ToVector256Unsafe()).ToVector512Unsafe()).AsInt32();
}
