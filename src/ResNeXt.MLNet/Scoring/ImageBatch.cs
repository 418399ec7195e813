using System.Buffers;

namespace ResNeXt.MLNet;

/// <summary>A batch on its way: images are read in order by one thread at a time and decoded by several into their places.</summary>
internal sealed class ImageBatch(int capacity, ImagePreprocessing preprocessing, ImageDecoding decoding, ImageViews views = ImageViews.Center)
{
    private readonly ImagePreprocessor _preprocessor = new(preprocessing, views);
    private readonly int _views = CropViews.Count(views);
    private readonly string[] _names = new string[capacity];
    private readonly Exception?[] _errors = new Exception?[capacity];

    public TensorBatch Tensor { get; } = new(capacity * CropViews.Count(views), preprocessing.ImageSize);

    /// <summary>Images in the batch; fewer than its capacity at the end of the source only.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Begins to take the next images of the source. An image that cannot be read keeps its place and is noted as an error; an error of
    /// the source itself comes out of the loop.
    /// </summary>
    public DecodingLoop<(int Index, ImageSource Image)> StartFilling(IEnumerator<ImageSource> source)
    {
        Count = 0;
        return new(Next(source).GetEnumerator(), item => Set(item.Index, item.Image));
    }

    /// <summary>Makes it a batch of this one image.</summary>
    public void Fill(ImageSource image)
    {
        Count = 1;
        Set(0, image);
    }

    /// <summary>Runs the model and hands out the rows, an image's views one after another; what is not a number is an error of its image. A place without an image is run too: it costs little and is dropped here.</summary>
    public ScoredImage[] Score(ResNeXtModel model, IReadOnlyList<string> outputs)
    {
        float[][][] values = _errors.Take(Count).Any(error => error is null) ? model.Run(Tensor, Count, outputs, _views) : [];
        var scored = new ScoredImage[Count];
        for (int i = 0; i < Count; i++)
        {
            Exception? error = _errors[i] ?? model.Fault(values[i], _names[i]);
            scored[i] = new ScoredImage(_names[i], error is null ? values[i] : [], error);
        }

        return scored;
    }

    private void Set(int index, ImageSource image)
    {
        _names[index] = image.Name;
        _errors[index] = null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(_views * preprocessing.ByteCount);
        try
        {
            using RgbImage decoded = image.Decode(decoding);
            Span<byte> pixels = buffer.AsSpan(0, _views * preprocessing.ByteCount);
            _preprocessor.Process(decoded, pixels);
            for (int view = 0; view < _views; view++)
            {
                Tensor.Set((index * _views) + view, pixels.Slice(view * preprocessing.ByteCount, preprocessing.ByteCount));
            }
        }
        catch (Exception exception) when (IsOfTheImage(exception))
        {
            _errors[index] = exception;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private IEnumerable<(int Index, ImageSource Image)> Next(IEnumerator<ImageSource> source)
    {
        for (int i = 0; i < capacity && source.MoveNext(); i++) // the source is never read beyond this batch
        {
            Count = i + 1;
            yield return (i, source.Current);
        }
    }

    /// <summary>Errors that belong to one image. Anything else is a bug or a machine in trouble, and is not swallowed.</summary>
    private static bool IsOfTheImage(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException
            or ArgumentException or NotSupportedException or OverflowException;
}
