using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Proves an exported model equal to the network it came from.</summary>
internal static class OnnxVerifier
{
    /// <summary>The largest difference that is let through, relative to the largest logit.</summary>
    public const double Tolerance = 1e-4;

    private const int BatchSize = 4;

    /// <summary>Runs both on a batch of random pixels.</summary>
    /// <returns>The largest absolute difference of a logit, relative to the largest logit.</returns>
    /// <exception cref="InvalidDataException">It passes <see cref="Tolerance"/>.</exception>
    public static double Verify(byte[] model, ResNeXtModule module, ImagePreprocessing preprocessing)
    {
        byte[] pixels = new byte[BatchSize * preprocessing.ByteCount];
        new Random(0).NextBytes(pixels);
        float[] expected = RunTorch(module, preprocessing, pixels);
        float[] actual = RunOnnx(model, preprocessing, pixels);

        double largest = expected.Max(Math.Abs);
        double error = expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).Max() / Math.Max(largest, double.Epsilon);
        return error <= Tolerance
            ? error
            : throw new InvalidDataException(FormattableString.Invariant(
                $"The exported model differs from the network: largest error {error:G3} of the largest logit ({largest:G3}), expected at most {Tolerance:G3}."));
    }

    private static float[] RunTorch(ResNeXtModule module, ImagePreprocessing preprocessing, byte[] pixels)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var normalization = new PixelNormalization(preprocessing, CPU);
        module.eval();
        return module.forward(normalization.Apply(pixels)).contiguous().data<float>().ToArray();
    }

    private static float[] RunOnnx(byte[] model, ImagePreprocessing preprocessing, byte[] pixels)
    {
        int size = preprocessing.ImageSize;
        float[] planes = ToPlanes(pixels, size);
        using var session = new InferenceSession(model);
        using var input = OrtValue.CreateTensorValueFromMemory(planes, [BatchSize, RgbImage.Channels, size, size]);
        using var options = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, [ResNeXtMetadata.InputName], [input], [ResNeXtMetadata.LogitsName]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    // [N,H,W,3] bytes -> [N,3,H,W] floats
    private static float[] ToPlanes(byte[] pixels, int size)
    {
        int plane = size * size;
        float[] planes = new float[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int image, int rest) = Math.DivRem(i, plane * RgbImage.Channels);
            (int position, int channel) = Math.DivRem(rest, RgbImage.Channels);
            planes[(((image * RgbImage.Channels) + channel) * plane) + position] = pixels[i];
        }

        return planes;
    }
}
