using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ResNeXt.MLNet;

/// <summary><see cref="ResizeScalar"/> with vectors of 256 bits: two pixels of a row, or 32 bytes of a column of rows, at a time.</summary>
internal static unsafe class ResizeVector256
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
                Vector256<int> sum = Vector256<int>.Zero; // [first pixel's RGBx, second pixel's RGBx]
                for (int k = 0; k < taps; k += 2)
                {
                    sum += Widen(pixel) * Vector256.Load(weight);
                    pixel += 2 * RgbImage.PixelBytes;
                    weight += Vector256<int>.Count;
                }

                ResizeVector128.StorePixel(sum.GetLower() + sum.GetUpper() + Vector128.Create(ResizeKernel.Half), target);
                target += RgbImage.Channels;
            }
        }
    }

    public static void BlendRows(byte* source, int stride, ReadOnlySpan<int> weights, byte* target)
    {
        for (int i = 0; i < stride; i += Vector256<byte>.Count)
        {
            int at = Math.Min(i, stride - Vector256<byte>.Count); // the last one goes over some bytes again
            byte* row = source + at;
            Vector256<int> a = Vector256.Create(ResizeKernel.Half), b = a, c = a, d = a;
            foreach (int weight in weights)
            {
                Vector256<int> factor = Vector256.Create(weight);
                a += Widen(row) * factor;
                b += Widen(row + 8) * factor;
                c += Widen(row + 16) * factor;
                d += Widen(row + 24) * factor;
                row += stride;
            }

            Vector256.NarrowWithSaturation(ToUInt16(a, b), ToUInt16(c, d)).Store(target + at);
        }
    }

    /// <summary>Clips below zero; clipping above is left to the narrowing to bytes.</summary>
    private static Vector256<ushort> ToUInt16(Vector256<int> a, Vector256<int> b) => Vector256.Max(
        Vector256.NarrowWithSaturation(a >> ResizeKernel.PrecisionBits, b >> ResizeKernel.PrecisionBits), Vector256<short>.Zero).AsUInt16();

    /// <summary>Eight bytes as eight numbers. On x86 one instruction, which the general form is not yet compiled to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widen(byte* bytes) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(bytes)
        : Vector256.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(bytes)).AsByte()).ToVector256Unsafe()).AsInt32();
}
