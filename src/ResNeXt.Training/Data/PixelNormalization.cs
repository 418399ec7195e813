using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Bytes of a batch to the network's input: <c>(x - 255 mean) / (255 std)</c>, channels-last, as the exported graph computes it.</summary>
internal sealed class PixelNormalization : IDisposable
{
    private readonly Tensor _mean;
    private readonly Tensor _std;
    private readonly int _imageSize;

    public PixelNormalization(ImagePreprocessing preprocessing, Device device)
    {
        _imageSize = preprocessing.ImageSize;
        Device = device;
        _mean = tensor(Scaled(preprocessing.Mean), 1, 3, 1, 1, device: device).DetachFromDisposeScope();
        _std = tensor(Scaled(preprocessing.StandardDeviation), 1, 3, 1, 1, device: device).DetachFromDisposeScope();
    }

    /// <summary>Where the input is made.</summary>
    public Device Device { get; }

    /// <summary>Mean or standard deviation on the scale of bytes.</summary>
    public static float[] Scaled(IReadOnlyList<float> values) => [.. values.Select(value => value * 255)];

    // [N,H,W,3] bytes -> [N,3,H,W] float, channels-last because the bytes lie that way
    public Tensor Apply(byte[] pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        long count = pixels.Length / (_imageSize * _imageSize * RgbImage.Channels);
        Tensor bytes = tensor(pixels, count, _imageSize, _imageSize, RgbImage.Channels, device: Device);
        return bytes.permute(0, 3, 1, 2).to(ScalarType.Float32).sub_(_mean).div_(_std).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _mean.Dispose();
        _std.Dispose();
    }
}
