using System.Diagnostics;
using System.IO.Compression;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class PthWriterTests(Shapes shapes)
{
    [Theory]
    [InlineData("types.pth")]
    [InlineData("views-legacy.pth")]
    public void Write_EveryTypeAndView_ReadsBackTheSame(string golden)
    {
        string path = shapes.NewPath(".pth"), safeTensors = shapes.NewPath(".safetensors");
        using (DisposeScope scope = NewDisposeScope())
        using (var source = WeightsFile.Open(GoldenWeights.PathOf(golden)))
        {
            (string, Tensor)[] tensors = [.. source.Names.Select(name => (name, source.Read(name)))];
            AtomicFile.Write(path, stream => PthWriter.Write(stream, tensors));
            AtomicFile.Write(safeTensors, stream => SafeTensorsWriter.Write(stream, tensors, new Dictionary<string, string>()));
        }

        using var pth = WeightsFile.Open(path);
        using var other = WeightsFile.Open(safeTensors);
        GoldenWeights.AssertEqual(golden, pth);
        GoldenWeights.AssertEqual(golden, other);
    }

    [Fact]
    public void Write_ModuleThatReadTheFile_GivesTheSameBytes()
    {
        string first = shapes.NewPath(".pth"), second = shapes.NewPath(".pth"), safeTensors = shapes.NewPath(".safetensors"), third = shapes.NewPath(".pth");
        using (var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 3))
        {
            Save(first, module);
            AtomicFile.Write(safeTensors, stream => SafeTensorsWriter.Write(stream, Tensors(module), new Dictionary<string, string>()));
        }

        foreach ((string source, string target) in new[] { (first, second), (safeTensors, third) })
        {
            using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 3);
            Checkpoint.Load(source, module);
            Save(target, module);
        }

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(third));
    }

    [Fact]
    public void Write_AnyTensors_GivesAnAlignedZipWithTrueChecksums()
    {
        string path = shapes.NewPath(".pth");
        using (Tensor weight = rand(3, 5))
        using (Tensor count = zeros(1, ScalarType.Int64))
        {
            AtomicFile.Write(path, stream => PthWriter.Write(stream, [("weight", weight), ("count", count)]));
        }

        using ZipArchive zip = ZipFile.OpenRead(path);
        using FileStream file = File.OpenRead(path);
        Assert.Equal(["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/data/1", "archive/version"], zip.Entries.Select(entry => entry.FullName));
        Assert.All(zip.Entries, entry =>
        {
            byte[] content = new byte[entry.Length];
            using (Stream stream = entry.Open())
            {
                stream.ReadExactly(content);
            }

            Assert.Equal(System.IO.Hashing.Crc32.HashToUInt32(content), entry.Crc32);
        });
    }

    /// <summary>Opt-in: RESNEXT_PYTHON names a Python that has torch, <c>/usr/bin/python3</c> with Debian's python3-torch.</summary>
    [Fact]
    public async Task Write_AnyTensors_IsReadByPyTorchWithWeightsOnly()
    {
        string? python = Environment.GetEnvironmentVariable("RESNEXT_PYTHON");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "RESNEXT_PYTHON names no Python with torch.");
        string path = shapes.NewPath(".pth");
        using (DisposeScope scope = NewDisposeScope())
        using (var source = WeightsFile.Open(GoldenWeights.PathOf("types.pth")))
        {
            (string, Tensor)[] tensors = [.. source.Names.Select(name => (name, source.Read(name)))];
            AtomicFile.Write(path, stream => PthWriter.Write(stream, tensors));
        }

        const string Script = """
            import sys, torch, zipfile
            ours, reference = torch.load(sys.argv[1]), torch.load(sys.argv[2])
            restricted = {key: value for key, value in reference.items() if key not in ("bfloat16", "bool", "uint8")}
            assert list(ours) == list(reference) and zipfile.ZipFile(sys.argv[1]).testzip() is None
            for key, value in reference.items():
                assert ours[key].dtype == value.dtype and ours[key].shape == value.shape and torch.equal(ours[key], value), key
            for key, value in torch.load(sys.argv[1], weights_only=True).items():
                assert torch.equal(value, reference[key]), key
            """;
        using Process process = Process.Start(new ProcessStartInfo(python, ["-c", Script, path, GoldenWeights.PathOf("types.pth")]) { RedirectStandardError = true })!;
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, errors);
    }

    private static (string, Tensor)[] Tensors(ResNeXtModule module) => [.. module.state_dict().Select(pair => (pair.Key, pair.Value))];

    private static void Save(string path, ResNeXtModule module)
    {
        using DisposeScope scope = NewDisposeScope();
        AtomicFile.Write(path, stream => PthWriter.Write(stream, Tensors(module)));
    }
}
