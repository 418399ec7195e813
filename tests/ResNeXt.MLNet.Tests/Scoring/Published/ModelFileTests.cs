using Microsoft.ML;

namespace ResNeXt.MLNet.Tests;

/// <summary>Names of models, in a cache of the test's own. No other class reads <c>RESNEXT_CACHE</c>.</summary>
public sealed class ModelFileTests : IDisposable
{
    private readonly string? _before = Environment.GetEnvironmentVariable("RESNEXT_CACHE");
    private readonly string _cache = Directory.CreateTempSubdirectory("resnext-tests-").FullName;

    public ModelFileTests() => Environment.SetEnvironmentVariable("RESNEXT_CACHE", _cache);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("RESNEXT_CACHE", _before);
        Directory.Delete(_cache, recursive: true);
    }

    [Theory]
    [InlineData("resnext50_32x4d.tv_in1k", "resnext50_32x4d.tv_in1k.onnx")]
    [InlineData("ResNeXt50_32X4D_Weights.IMAGENET1K_V1", "resnext50_32x4d.tv_in1k.onnx")]
    [InlineData("resnext50_32x4d", "resnext50_32x4d.tv2_in1k.onnx")]
    [InlineData("resnext50_32x4d.int8", "resnext50_32x4d.tv2_in1k.int8.onnx")]
    [InlineData("resnext101_64x4d.c1_in1k.fp16", "resnext101_64x4d.c1_in1k.fp16.onnx")]
    public void PathOf_NameOfPublishedWeights_IsInTheCache(string name, string file)
    {
        string path = Path.Combine(_cache, file);
        Assert.Equal(path, ResNeXtPredictor.PathOf(name));

        File.Copy(TestImages.TinyModel, path);
        Assert.Equal(path, ModelFile.Resolve(name));
    }

    [Fact]
    public void Resolve_FileOfThatNameHere_ComesFirstAndAFolderDoesNot()
    {
        string name = "resnext_tests_" + Guid.NewGuid().ToString("N"), cached = Path.Combine(_cache, name + ".onnx");
        File.Copy(TestImages.TinyModel, cached);
        try
        {
            Directory.CreateDirectory(name);
            Assert.Equal(cached, ModelFile.Resolve(name));

            Directory.Delete(name);
            File.WriteAllText(name, "");
            Assert.Equal(name, ModelFile.Resolve(name));
        }
        finally
        {
            File.Delete(name);
        }
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("..\\secret")]
    [InlineData("sub/secret")]
    [InlineData("./secret")]
    [InlineData("..")]
    [InlineData("sub..secret")]
    [InlineData(".secret")]
    [InlineData("secret\n")]
    [InlineData("secret\0")]
    [InlineData("C:secret")]
    [InlineData("~secret")]
    [InlineData("secret.onnx")]
    [InlineData("")]
    public void Resolve_NoName_IsNeverLookedForInTheCache(string text)
    {
        Environment.SetEnvironmentVariable("RESNEXT_CACHE", Directory.CreateDirectory(Path.Combine(_cache, "weights")).FullName);
        Directory.CreateDirectory(Path.Combine(_cache, "weights", "sub"));
        foreach (string secret in (string[])["secret.onnx", "weights/secret.onnx", "weights/.secret.onnx", "weights/sub/secret.onnx", "weights/sub..secret.onnx", "weights/~secret.onnx", "weights/secret\n.onnx"])
        {
            File.Copy(TestImages.TinyModel, Path.Combine(_cache, secret));
        }

        Assert.Equal(text, ModelFile.PathOf(text));
        string expected = text == ".." ? "'..' is a folder: expected a model file, such as model.onnx in the folder of a training run." : $"Model file '{text}' does not exist.";
        Assert.Equal(expected, Assert.Throws<FileNotFoundException>(() => ModelFile.Resolve(text)).Message);
    }

    [Theory]
    [InlineData("resnext50_32x4d.tv_in1k", ": `resnext weights pull resnext50_32x4d.tv_in1k` puts it there.")]
    [InlineData("resnext50_32x4d", ": `resnext weights pull resnext50_32x4d.tv2_in1k` puts it there.")]
    [InlineData("resnext50_32x4d.int8", ": `resnext weights pull resnext50_32x4d.tv2_in1k --precision int8 --calibration DIR` puts it there.")]
    [InlineData("resnext50_32x4d.fp16", ": `resnext weights pull resnext50_32x4d.tv2_in1k --precision fp16` puts it there.")]
    [InlineData("resnext50_32x4", ", and 'resnext50_32x4' is not the name of published weights: did you mean resnext50_32x4d.tv2_in1k")]
    [InlineData("flowers", ", and 'flowers' is not the name of published weights: `resnext weights list` has them all.")]
    [InlineData("resnext101_32x16d", ", and all published weights of 'resnext101_32x16d' are for non-commercial use only")]
    public void Load_NameThatIsNotReady_SaysWhereItWasLookedForAndWhatToType(string name, string help)
    {
        string start = $"There is no file '{name}' and no model of that name in '{_cache}'{help}";
        TransformsCatalog transforms = new MLContext().Transforms;

        Assert.All(
            (Action[])[() => ResNeXtPredictor.Load(name), () => transforms.ClassifyImages("ImagePath", name), () => transforms.FeaturizeImages("Features", "ImagePath", name)],
            load => Assert.StartsWith(start, Assert.Throws<FileNotFoundException>(load).Message, StringComparison.Ordinal));
    }
}
