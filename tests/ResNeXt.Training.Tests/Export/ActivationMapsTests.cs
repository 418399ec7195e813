using ResNeXt.MLNet;
using ResNeXt.Training.Onnx;
using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>Heat maps from an exported file, against Grad-CAM of the network itself.</summary>
public sealed class ActivationMapsTests(Shapes shapes)
{
    private const int Size = 96;
    private static readonly string[] Labels = ["ant", "bee", "wasp"];

    [Theory]
    [InlineData(ModelPrecision.Float32)]
    [InlineData(ModelPrecision.Float16)]
    public void HeatMap_OfEachLabel_IsTheNetworksGradCam(ModelPrecision precision)
    {
        manual_seed(5);
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), Labels.Length);
        module.eval();
        string path = shapes.NewPath(".onnx");
        var preprocessing = new ImagePreprocessing { ImageSize = Size, ResizeSize = 120 };
        OnnxExporter.Export(module, OnnxExporter.Describe(module, Labels, preprocessing), path, new ExportOptions { ActivationMaps = true, Precision = precision });
        byte[] photo = Photo(240, 120);
        using var predictor = ResNeXtPredictor.Load(path, ExecutionDevice.Cpu);

        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var normalization = new PixelNormalization(preprocessing, CPU);
        byte[] pixels = new byte[preprocessing.ByteCount];
        using RgbImage image = ImageDecoder.Decode(photo, "photo", preprocessing.Decoding());
        new ImagePreprocessor(preprocessing).Process(image, pixels);
        Tensor x = normalization.Apply(pixels);
        int best = (int)module.forward(x).argmax(1).item<long>();
        for (int label = 0; label < Labels.Length; label++)
        {
            Tensor cam = ClassActivationMap.Of(module, x, [label]);
            float strongest = cam.max().item<float>();
            float[] expected = [.. cam.contiguous().data<float>().ToArray().Select(value => strongest > 0 ? value / strongest : 0)];

            HeatMap map = predictor.HeatMap(photo, Labels[label]);

            Assert.Equal((Labels[label], 3), (map.Label, map.Edge));
            Assert.All(expected.Zip(map.Values.ToArray()), pair => Assert.Equal(pair.First, pair.Second, precision == ModelPrecision.Float32 ? 1e-4 : 2e-2));
            Assert.Equal((0.3, 0.1, 0.4, 0.8), (map.Left, map.Top, map.Width, map.Height)); // 96 of 240 x 120
        }

        Assert.Equal(Labels[best], predictor.HeatMap(photo).Label);
        Assert.Contains("expected one of ant, bee, wasp", Assert.Throws<ArgumentException>(() => predictor.HeatMap(photo, "hornet")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_Int8WithMaps_HoldsEveryConstantOnce()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), Shapes.Labels.Count);
        string path = shapes.NewPath(".onnx");
        ImagePreprocessing preprocessing = OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(16);
        var options = new ExportOptions { ActivationMaps = true, Precision = ModelPrecision.Int8, Calibration = [.. shapes.Images.Select(image => image.ImagePath)] };
        OnnxExporter.Export(module, OnnxExporter.Describe(module, Shapes.Labels, preprocessing), path, options);

        string[] names = [.. ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Initializer.Select(constant => constant.Name)];

        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void HeatMap_FileWithoutMaps_SaysHowToGetThem()
    {
        manual_seed(5);
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext11_2x4d_cifar"), Labels.Length);
        string path = shapes.NewPath(".onnx");
        OnnxExporter.Export(module, OnnxExporter.Describe(module, Labels, OnnxExporter.DefaultPreprocessing(module.Architecture).Scaled(16)), path);
        using var predictor = ResNeXtPredictor.Load(path, ExecutionDevice.Cpu);

        Assert.False(predictor.HasHeatMaps);
        Assert.Contains("--activation-maps", Assert.Throws<InvalidOperationException>(() => predictor.HeatMap(Photo(20, 20))).Message, StringComparison.Ordinal);
    }

    private static byte[] Photo(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.SteelBlue);
        using var paint = new SKPaint { Color = SKColors.Orange };
        canvas.DrawCircle(width * 0.4f, height * 0.5f, height * 0.25f, paint);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
