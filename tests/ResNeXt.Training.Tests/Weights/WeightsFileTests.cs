using System.IO.Compression;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ResNeXt.Training.Tests;

public sealed class WeightsFileTests(Shapes shapes)
{
    public static TheoryData<string> Goldens => [.. GoldenWeights.Names];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Read_FileOfPython_EqualsPyTorch(string name)
    {
        using var file = WeightsFile.Open(GoldenWeights.PathOf(name));

        GoldenWeights.AssertEqual(name, file);
    }

    [Fact]
    public void Read_FileThatTorchSharpSaved_EqualsTheModule()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = shapes.NewPath(".dat");
        using Module<Tensor, Tensor> module = nn.Sequential(("conv1", nn.Conv2d(2, 3, 3)), ("bn1", nn.BatchNorm2d(3)), ("fc", nn.Linear(3, 2)));
        module.save(path);

        using var file = WeightsFile.Open(path);

        Assert.Equal(module.state_dict().Keys, file.Names);
        Assert.All(module.state_dict(), pair => Assert.Equal(pair.Value.bytes, file.Read(pair.Key).bytes));
    }

    [Theory]
    [InlineData("module.pth")]
    [InlineData("nested.pth", "The weights are those under 'state_dict'.")]
    [InlineData("nested-legacy.pth", "The weights are those under 'state_dict'.")]
    [InlineData("averaged.pth", "The weights are those under 'model_ema'; left aside: 'model'.")]
    [InlineData("mixed.pth", "Ignored, being no tensors: 'epoch', 'mean'.")]
    [InlineData("beside.pth", "The weights are those under 'model'.")]
    [InlineData("beside4.pth", "The weights are those under 'model'.")]
    public void Notes_OfTheChoice_SayWhatWasTaken(string name, params string[] notes)
    {
        using var file = WeightsFile.Open(GoldenWeights.PathOf(name));

        Assert.Equal(notes, file.Notes);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("<!DOCTYPE html>\n<html><body>404 not found</body></html>", "HTML")]
    [InlineData("\n <html lang='en'>", "HTML")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull")]
    [InlineData("PK\u0003\u0004 and no more", "cut off")]
    [InlineData("PK\u0005\u0006\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "empty or split zip")]
    [InlineData("\u001f\u008b\u0008\0\0\0\0", "gzip")]
    [InlineData("\u0089HDF\r\n\u001a\n", "HDF5")]
    [InlineData("\u0004\0\0\0\u0001\0\0\0\u0003\0\0\0V 1", "Lua Torch")]
    [InlineData("\u0008\u0008\u0012\u0007pytorch\u001a\u00052.1.0", "ONNX")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0", "zeros")]
    [InlineData("hello, here are my weights", "68656C6C6F2C2068")]
    [InlineData("\u0080\u0002}q\0.", "torch.save did not write")]
    public void Open_OfSomethingElse_SaysWhatItLooksLike(string content, string mention)
    {
        string path = shapes.NewPath(".pth");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(content));

        AssertRefused(path, mention);
    }

    [Fact]
    public void Open_TarOfFirstPyTorch_IsNamed()
    {
        string path = shapes.NewPath(".pth");
        byte[] tar = new byte[1024];
        "sys_info"u8.CopyTo(tar);
        "ustar"u8.CopyTo(tar.AsSpan(257));
        File.WriteAllBytes(path, tar);

        AssertRefused(path, "tar archive");
    }

    [Theory]
    [InlineData("TorchScript", "archive/data.pkl", "archive/code/__torch__.py")]
    [InlineData("without 'data.pkl'", "model/model.onnx")]
    public void Open_OtherZip_SaysWhatItIs(string mention, params string[] members)
    {
        string path = shapes.NewPath(".pt");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Array.ForEach(members, member => zip.CreateEntry(member));
        }

        AssertRefused(path, mention);
    }

    [Theory]
    [InlineData("types.pth")]
    [InlineData("types-legacy.pth")]
    [InlineData("types.safetensors")]
    [InlineData("types.dat")]
    public void Open_TruncatedFile_IsRefused(string name)
    {
        byte[] whole = File.ReadAllBytes(GoldenWeights.PathOf(name));
        string path = shapes.NewPath();
        foreach (int length in new[] { 9, 40, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);

            AssertRefused(path, "");
        }
    }

    [Fact]
    public void Read_FileThatBecameShorter_NamesTheTensor()
    {
        string path = shapes.NewPath(".pth");
        File.Copy(GoldenWeights.PathOf("types-legacy.pth"), path);
        using var file = WeightsFile.Open(path);
        using (FileStream other = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.SetLength(1000);
        }

        Assert.Contains("'float64' of", Assert.Throws<InvalidDataException>(() => file.Names.Select(file.Read).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingFile_IsNotFound() => Assert.Throws<FileNotFoundException>(() => WeightsFile.Open(shapes.NewPath(".pth")));

    private static void AssertRefused(string path, string mention)
    {
        var exception = Assert.Throws<InvalidDataException>(() => WeightsFile.Open(path));
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(mention, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
