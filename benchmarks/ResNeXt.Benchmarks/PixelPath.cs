using System.Buffers;
using ResNeXt.MLNet;

namespace ResNeXt.Benchmarks;

/// <summary>Encoded photos into a batch: decode, turn upright, resize, crop, write.</summary>
internal sealed class PixelPath(byte[][] photos, ImagePreprocessing preprocessing, bool fast)
{
    private readonly ImagePreprocessor _preprocessor = new(preprocessing);
    private readonly ImageDecoding _decoding = preprocessing.Decoding(fast);
    private readonly TensorBatch _batch = new(32, preprocessing.ImageSize);

    /// <summary>Bytes that one thread allocated for a photo, in its last pass.</summary>
    public long AllocatedPerPhoto { get; private set; }

    public void OneThread()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < photos.Length; i++)
        {
            Prepare(i);
        }

        AllocatedPerPhoto = (GC.GetAllocatedBytesForCurrentThread() - before) / photos.Length;
    }

    public void AllThreads() => Parallel.For(0, photos.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, Prepare);

    /// <summary>The bytes that the network would see of a photo.</summary>
    public byte[] Pixels(int index)
    {
        byte[] pixels = new byte[preprocessing.ByteCount];
        using RgbImage image = ImageDecoder.Decode(photos[index], "a photo", _decoding);
        _preprocessor.Process(image, pixels);
        return pixels;
    }

    private void Prepare(int index)
    {
        byte[] pixels = ArrayPool<byte>.Shared.Rent(preprocessing.ByteCount);
        using RgbImage image = ImageDecoder.Decode(photos[index], "a photo", _decoding);
        _preprocessor.Process(image, pixels.AsSpan(0, preprocessing.ByteCount));
        _batch.Set(index % _batch.Capacity, pixels.AsSpan(0, preprocessing.ByteCount));
        ArrayPool<byte>.Shared.Return(pixels);
    }
}
