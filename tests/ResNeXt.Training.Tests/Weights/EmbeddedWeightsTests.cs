namespace ResNeXt.Training.Tests;

public sealed class EmbeddedWeightsTests(Shapes shapes)
{
    [Fact]
    public void Unpack_FolderWithoutThem_OrWithAnotherFile_HasThem()
    {
        string folder = shapes.NewPath(), path = EmbeddedWeights.Unpack(folder);
        byte[] weights = File.ReadAllBytes(path);
        DateTime written = File.GetLastWriteTimeUtc(path);
        EmbeddedWeights.Unpack(folder);
        Assert.Equal(written, File.GetLastWriteTimeUtc(path));

        File.WriteAllBytes(path, [.. weights.AsSpan(0, weights.Length - 1), (byte)(weights[^1] ^ 1)]);
        EmbeddedWeights.Unpack(folder);
        Assert.Equal(weights, File.ReadAllBytes(path));
    }

    [Fact]
    public void Describe_ByName_IsTheNetworkOfTheLibrary()
    {
        var weights = WeightsDescription.Of(EmbeddedWeights.Name);

        Assert.Equal(("resnext29_8x8d_small", 199), (weights.Architecture.Name, weights.Labels!.Count));
        using var module = new ResNeXtModule(weights.Architecture, 199);
        Checkpoint.Load(weights.Path, module);
    }

    [Fact]
    public void Describe_NameOfBefore_SaysWhatTookItsPlace()
    {
        string message = Assert.Throws<FileNotFoundException>(() => WeightsDescription.Of("resnext20_8x8d_small.cifar10")).Message;

        Assert.Contains("'resnext20_8x8d_small.cifar10' is no longer part of this package", message, StringComparison.Ordinal);
        Assert.Contains($"--weights {EmbeddedWeights.Name}", message, StringComparison.Ordinal);
    }
}
