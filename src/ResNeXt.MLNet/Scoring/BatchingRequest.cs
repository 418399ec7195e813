using System.Buffers;
using System.Diagnostics;

namespace ResNeXt.MLNet;

/// <summary>
/// One image on its way through <see cref="BatchingPredictor"/>. It is answered once: the first of result, error and cancellation counts,
/// the others are ignored.
/// </summary>
/// <param name="image">The image, decoded in its turn.</param>
/// <param name="trace">The caller's activity; default for none.</param>
internal sealed class BatchingRequest(ImageSource image, ActivityContext trace)
{
    // Whoever waits goes on on a thread of the pool, not on ours.
    private readonly TaskCompletionSource<ImagePrediction> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImageSource? _image = image;
    private byte[]? _pixels;

    public ActivityContext Trace => trace;

    public long Started { get; } = Stopwatch.GetTimestamp();

    public Task<ImagePrediction> Answer => _answer.Task;

    /// <summary>Decodes, resizes and crops; an error is the answer.</summary>
    public void Prepare(ImagePreprocessing preprocessing, ImageDecoding decoding, ImagePreprocessor preprocessor)
    {
        if (_image is not ImageSource source)
        {
            return; // cancelled meanwhile
        }

        try
        {
            _pixels = ArrayPool<byte>.Shared.Rent(preprocessing.ByteCount);
            using RgbImage decoded = source.Decode(decoding);
            preprocessor.Process(decoded, _pixels.AsSpan(0, preprocessing.ByteCount));
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
        finally
        {
            _image = null;
        }
    }

    /// <summary>Puts the pixels into their place.</summary>
    public void CopyTo(TensorBatch batch, int index, int bytes) => batch.Set(index, _pixels.AsSpan(0, bytes));

    /// <summary>Gives the memory back; the request has left the queue, answered or not.</summary>
    public void Release()
    {
        if (_pixels is not null)
        {
            ArrayPool<byte>.Shared.Return(_pixels);
            _pixels = null;
        }
    }

    public void Succeed(ImagePrediction prediction) => _answer.TrySetResult(prediction);

    public void Fail(Exception error) => _answer.TrySetException(error);

    /// <summary>Nobody waits any more: the image, which is still in the queue, need not take memory there.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        _answer.TrySetCanceled(cancellationToken);
        _image = null;
    }
}
