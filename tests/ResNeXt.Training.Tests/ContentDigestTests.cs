using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary>A byte that changed on a disk is an error, and no other answer.</summary>
public sealed class ContentDigestTests(Shapes shapes, TrainedModel trained)
{
    private const int Flips = 200;

    [Fact]
    public void Checkpoint_AnyFlippedBit_IsNoticed()
    {
        byte[] whole = File.ReadAllBytes(trained.Result.Checkpoint);
        string path = shapes.NewPath() + ".safetensors";
        int header = 8 + (int)BitConverter.ToInt64(whole);
        foreach (int bit in Places(whole.Length).Concat(Places(header)))
        {
            File.WriteAllBytes(path, Flipped(whole, bit));

            Assert.Throws<InvalidDataException>(() => NetworkWeights.Open(path).Dispose());
        }

        File.WriteAllBytes(path, whole);
        using var notes = NetworkWeights.Open(path, _ => Assert.Fail("There is nothing to tell."));
    }

    [Fact]
    public void Model_AnyFlippedBit_IsNoticed()
    {
        byte[] whole = File.ReadAllBytes(trained.Result.Model);

        Assert.True(ModelSeal.IsWhole(whole));
        Assert.All(Places(whole.Length).Concat(Places(500).Select(bit => ((whole.Length - 500) * 8) + bit)), bit => Assert.False(ModelSeal.IsWhole(Flipped(whole, bit)), $"bit {bit} of {whole.Length * 8}"));
        foreach (int bit in Places(whole.Length).Where((_, i) => i % 40 == 0))
        {
            Assert.Throws<InvalidDataException>(() => ResNeXtModel.Load(Flipped(whole, bit), "flipped.onnx").Dispose());
        }

        Assert.Equal(
            "'flipped.onnx' is damaged: its content is not what was written, by the digest that it carries. Copy or export it anew.",
            Assert.Throws<InvalidDataException>(() => ResNeXtModel.Load(Flipped(whole, whole.Length * 4), "flipped.onnx").Dispose()).Message);
    }

    /// <summary>What was written before there were digests is read, and a checkpoint with a word.</summary>
    [Fact]
    public void Open_WithoutADigest_IsRead()
    {
        string path = shapes.NewPath() + ".safetensors";
        var notes = new List<string>();
        using (FileStream stream = File.Create(path))
        {
            SafeTensorsWriter.Write(stream, [("fc.bias", TorchSharp.torch.zeros(2))], Rows.Info(["a", "b"]).ToMetadata());
        }

        NetworkWeights.Open(path, notes.Add).Dispose();

        Assert.Contains("was written before checkpoints had a digest", Assert.Single(notes), StringComparison.Ordinal);
        Assert.True(ModelSeal.IsWhole(new byte[1000]));
    }

    [Fact]
    public void Resume_LastCheckpointDamaged_NamesTheOneThatIsWholeAndItsCureWorks()
    {
        TrainOptions options = shapes.Tiny(shapes.NewPath()) with { Epochs = 3, Architecture = "resnext11_2x4d_cifar", ImageSize = 16, KeepCheckpoints = 3 };
        string before = Weights(new Trainer(options).Run().Checkpoint), last = Path.Combine(options.Out, "last.safetensors"), kept = Path.Combine(options.Out, "epoch-0002.safetensors");
        Damage(last);
        Damage(Path.Combine(options.Out, "epoch-0003.safetensors"));

        string message = Assert.Throws<InvalidDataException>(() => new Trainer(options with { Resume = true }).Run()).Message;

        Assert.Contains($"'{last}' is not a whole safetensors file: its content is not what was written", message, StringComparison.Ordinal);
        Assert.EndsWith($"'{kept}' is whole: copy it over '{last}', and resume.", message, StringComparison.Ordinal);
        File.Copy(kept, last, overwrite: true);
        Assert.Equal(before, Weights(new Trainer(options with { Resume = true }).Run().Checkpoint));

        Array.ForEach(Directory.GetFiles(options.Out, "*.safetensors"), Damage);
        Assert.EndsWith("--keep-checkpoints 3 keeps some.", Assert.Throws<InvalidDataException>(() => new Trainer(options with { Resume = true }).Run()).Message, StringComparison.Ordinal);

        static void Damage(string path) => File.WriteAllBytes(path, Flipped(File.ReadAllBytes(path), 8 * (int)(new FileInfo(path).Length / 2)));

        static string Weights(string path)
        {
            using var file = new SafeTensorsFile(path);
            using TorchSharp.torch.Tensor weight = file.Read("fc.weight");
            return string.Join(' ', weight.data<float>());
        }
    }

    /// <summary>Bits all over a file.</summary>
    private static IEnumerable<int> Places(int bytes)
    {
        var random = new Random(1);
        return Enumerable.Range(0, Flips).Select(_ => random.Next(bytes * 8));
    }

    private static byte[] Flipped(byte[] whole, int bit)
    {
        byte[] flipped = [.. whole];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
