using System.Numerics.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Proves an exported model equal to the network it came from.</summary>
internal static class OnnxVerifier
{
    /// <summary>The largest difference that is let through, relative to the largest logit.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>The same for weights in float16, which have 11 bits: each is rounded by up to 5e-4 of itself, and most of it averages out.</summary>
    public const double Float16Tolerance = 5e-3;

    private const int BatchSize = 4;

    /// <summary>Runs both on a batch of random pixels.</summary>
    /// <returns>The largest absolute difference of a logit between ONNX Runtime and TorchSharp.</returns>
    /// <exception cref="InvalidDataException">Relative to the largest logit it passes <paramref name="tolerance"/>.</exception>
    public static double Verify(byte[] model, ResNeXtModule module, ImagePreprocessing preprocessing, double tolerance = Tolerance)
    {
        byte[] pixels = new byte[BatchSize * preprocessing.ByteCount];
        new Random(0).NextBytes(pixels);
        float[] expected = RunTorch(module, preprocessing, pixels);
        float[] actual = RunOnnx(model, preprocessing, pixels);

        double largest = Math.Abs(TensorPrimitives.MaxMagnitude(expected));
        double error = expected.Zip(actual, (e, a) => Math.Abs((double)e - a)).Aggregate(Math.Max); // which keeps NaN, as LINQ's Max does not
        return error <= tolerance * largest
            ? error
            : throw new InvalidDataException(FormattableString.Invariant(
                $"The exported model differs from the network: the largest error of a logit is {error:G3} where the largest logit is {largest:G3}, expected at most {tolerance:G3} of it."));
    }

    private static float[] RunTorch(ResNeXtModule module, ImagePreprocessing preprocessing, byte[] pixels)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var normalization = new PixelNormalization(preprocessing, CPU);
        bool training = module.training;
        module.eval();
        try
        {
            return module.forward(normalization.Apply(pixels)).contiguous().data<float>().ToArray();
        }
        finally
        {
            module.train(training);
        }
    }

    private static float[] RunOnnx(byte[] model, ImagePreprocessing preprocessing, byte[] pixels)
    {
        var batch = new TensorBatch(BatchSize, preprocessing.ImageSize);
        for (int i = 0; i < BatchSize; i++)
        {
            batch.Set(i, pixels.AsSpan(i * preprocessing.ByteCount, preprocessing.ByteCount));
        }

        using ResNeXtModel onnx = ResNeXtModel.Load(model, "the exported model", ExecutionDevice.Cpu);
        return [.. onnx.Run(batch, BatchSize, [ResNeXtMetadata.LogitsName]).SelectMany(outputs => outputs[0])];
    }
}
