using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using SkiaSharp;
using TorchSharp;

namespace ResNeXt.Training;

/// <summary><c>resnext doctor</c>: whether this machine can train, export and serve, and if not, why.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Verb("doctor", "Check that this machine can train, export and serve.", "doctor");
        command.SetAction(parse => Run(context, parse));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse)
    {
        Check[] checks =
        [
            Try("system", () => $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} processors"),
            Try("libtorch", TorchLibrary.Load),
            Try("processor caches", Caches),
            Try("training device", Device),
            Try("ONNX Runtime", () => $"{InferenceSessionFactory.Runtime.GetVersionString()}, {string.Join(", ", InferenceSessionFactory.Runtime.GetAvailableProviders())}"),
            Try("export", Export),
            Try("image decoder", Decode),
            Try("cache folder", CacheFolder),
        ];
        context.Print(parse, new { Checks = checks }, checks.Select(check => $"{(check.Ok ? "ok  " : "FAIL")}  {check.Name,-16} {check.Detail}"));
        int failed = checks.Count(check => !check.Ok);
        return failed == 0 ? 0 : throw new InvalidOperationException($"{failed} of {checks.Length} checks failed: {string.Join(", ", checks.Where(check => !check.Ok).Select(check => check.Name))}.");
    }

    private static Check Try(string name, Func<string> check)
    {
        try
        {
            return new Check(name, true, check());
        }
#pragma warning disable CA1031 // whatever goes wrong is what this command is there to tell
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Check(name, false, exception.GetBaseException().Message);
        }
    }

    private static string Caches() => TorchLibrary.Caches switch
    {
        CacheMend.OwnSizes => "hidden by the hypervisor: oneDNN's own sizes in use",
        CacheMend.AvxOnly => "hidden by the hypervisor: oneDNN limited to AVX, slower",
        _ => "visible",
    };

    private static string Device()
    {
        torch.Device device = TorchDevice.Of(ExecutionDevice.Auto);
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor x = torch.ones(2, 2, device: device);
        torch.Tensor sum = x.mm(x).sum();
        return sum.item<float>() == 8 ? $"{device}, {torch.get_num_threads()} threads" : throw new InvalidOperationException($"a product of matrices is wrong on {device}");
    }

    /// <summary>A tiny network through both runtimes: the exporter's own proof.</summary>
    private static string Export()
    {
        string file = Path.Combine(Path.GetTempPath(), $"resnext-doctor-{Guid.NewGuid():N}.onnx");
        try
        {
            using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
            ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(32);
            double error = OnnxExporter.Export(module, OnnxExporter.Describe(module, ["a", "b"], preprocessing), file).MaxAbsError;
            return FormattableString.Invariant($"ONNX Runtime agrees with TorchSharp to {error:G2}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Decode()
    {
        using var bitmap = new SKBitmap(8, 8);
        bitmap.Erase(SKColors.Red);
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using RgbImage image = ImageDecoder.Decode(png.AsSpan(), "a test image");
        return image.Rgba[0] == 255 ? $"SkiaSharp {typeof(SKBitmap).Assembly.GetName().Version!.ToString(3)}" : throw new InvalidOperationException("red is not red");
    }

    private static string CacheFolder()
    {
        WritableFolder.Prove(TorchLibrary.CacheFolder);
        return TorchLibrary.CacheFolder;
    }

    private sealed record Check(string Name, bool Ok, string Detail);
}
