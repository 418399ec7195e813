using System.Diagnostics;
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
            Create(path, stream => PthWriter.Write(stream, tensors));
            Create(safeTensors, stream => SafeTensorsWriter.Write(stream, tensors, new Dictionary<string, string>()));
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
            Create(safeTensors, stream => SafeTensorsWriter.Write(stream, Tensors(module), new Dictionary<string, string>()));
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
    public void Write_AnyTensors_BeginsEachAtAMultipleOf64()
    {
        using Tensor first = rand(3, 5), second = rand(7);
        using var stream = new MemoryStream();

        PthWriter.Write(stream, [("weight", first), ("bias", second)]);

        byte[] file = stream.ToArray();
        Assert.Equal([0, 0], new[] { first, second }.Select(tensor => file.AsSpan().IndexOf(tensor.bytes) % 64));
    }

    [Fact]
    public void Checksum_OfTheDigits_IsTheStandardsValue()
    {
        using var checksum = new Crc32Stream();
        checksum.Write("1234"u8);
        checksum.Write("56789"u8);

        Assert.Equal((0xCBF43926u, 9L), (checksum.Value, checksum.Length));
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
            Create(path, stream => PthWriter.Write(stream, tensors));
        }

        const string Script = """
            import sys, torch, zipfile
            ours, reference = torch.load(sys.argv[1]), torch.load(sys.argv[2])
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
        Create(path, stream => PthWriter.Write(stream, Tensors(module)));
    }

    private static void Create(string path, Action<Stream> write)
    {
        using FileStream stream = File.Create(path);
        write(stream);
    }
}
