using ResNeXt.MLNet;
using static ResNeXt.Training.Tests.PickleText;

namespace ResNeXt.Training.Tests;

/// <summary>Files made to harm: each is refused with its offence, and takes little memory first.</summary>
public sealed class HostileWeightsTests(Shapes shapes)
{
    public static TheoryData<string, string> Pickles => new()
    {
        // names, by every opcode that could reach them
        { Global("os", "system") + Text("touch /tmp/x") + "\u0085R.", "'os.system'" },
        { Global("posix", "system") + Text("id") + "\u0085R.", "'posix.system'" },
        { Global("builtins", "eval") + Text("1") + "\u0085R.", "'builtins.eval'" },
        { Global("__builtin__", "exec") + Text("1") + "\u0085R.", "'__builtin__.exec'" },
        { Text("posix") + Text("system") + "\u0093" + Text("id") + "\u0085R.", "'posix.system'" },
        { "NN\u0093.", "'?.?'" },
        { "(" + Text("id") + "ios\nsystem\n.", "'os.system'" },
        { Text("a\nb\u001b[31m") + Text(new string('x', 5000)) + "\u0093.", "'a?b?[31m.xxx" },
        { "(" + Global("subprocess", "Popen") + Text("id") + "o.", "'subprocess.Popen'" },
        { Global("os", "system") + Text("id") + "\u0085\u0081.", "'os.system'" },
        { Global("collections", "OrderedDict.__init__") + ")R.", "'collections.OrderedDict.__init__'" },
        { Global("torch.storage", "_load_from_bytes") + Text("x") + "\u0085R.", "'torch.storage._load_from_bytes'" },
        { Global("numpy", "load") + Text("x") + "\u0085R.", "'numpy.load'" },
        { Global("argparse", "ArgumentParser") + ")\u0081.", "'argparse.ArgumentParser'" },
        { Global("torch.nn.modules.linear", "Linear") + ")\u0081}b.", "torch.save(c.state_dict() if hasattr(c, 'state_dict') else c, 'weights.pth')" },
        { Dictionary + Text("args") + Global("argparse", "Namespace") + ")\u0081" + Dictionary + Text("x") + Global("os", "system") + "sbs.", "'os.system'" },
        { Global("argparse", "Namespace") + Text("x") + "R.", "calls something" },
        { Global("argparse", "Namespace") + Text("x") + "\u0081.", "makes an object of something" },
        { Global("argparse", "Namespace") + ")\u0081Q.", "no storage" },
        { Global("argparse", "Namespace") + ")\u0081.", "cannot be read as weights of PyTorch" },

        // known names, used otherwise
        { "(" + Global("collections", "OrderedDict") + "o.", "Obj (0x6F)" },
        { Global("collections", "OrderedDict") + ")\u0081.", "makes an object of something" },
        { Global("collections", "OrderedDict") + ")}\u0092.", "NewObjEx (0x92)" },
        { "\u0082\u0001.", "Ext1 (0x82)" },
        { "\u0083\u0001\0.", "Ext2 (0x83)" },
        { "\u0084\u0001\0\0\0.", "Ext4 (0x84)" },
        { "Pid\n.", "PersId (0x50)" },
        { "\u0097.", "151 (0x97)" },
        { Global("torch", "FloatStorage") + ")R.", "calls something" },
        { Global("torch", "float32") + ")R.", "calls something" },
        { Text("f") + ")R.", "calls something" },
        { Global("collections", "OrderedDict") + Text("x") + "R.", "calls something" },
        { Global("collections", "OrderedDict") + "](K\u0001ee\u0085R.", "stack" },
        { Global("collections", "OrderedDict") + "]K\u0001a\u0085R.", "arguments that do not fit" },
        { Global("torch._utils", "_rebuild_parameter") + ")R.", "arguments that do not fit" },
        { Global("torch.nn", "Module") + ")\u0081" + Dictionary + Text("__setstate__") + Global("os", "system") + "sb.", "'torch.nn.Module'" },
        { Dictionary + Dictionary + Text("__setstate__") + Global("os", "system") + "sb.", "'os.system'" },
        { Global("torch", "FloatStorage") + "}b.", "sets the state" },
        { "]}b.", "sets the state" },
        { "}]b.", "sets the state" },
        { Text("x") + "Q.", "no storage" },
        { "(" + Text("module") + Text("x") + "tQ.", "no storage" },

        // a stack that is not there
        { ".", "stack" },
        { "t.", "stack" },
        { "R.", "stack" },
        { "K\u0001(\u0085.", "stack" },
        { "1.", "stack" },
        { "q\0.", "stack" },
        { "h\u0007.", "recalls value 7" },
        { "j\u00ff\u00ff\u00ff\u00ff.", "recalls value 4294967295" },
        { "NK\u0001a.", "no list" },
        { "]K\u0001K\u0002s.", "no dictionary" },
        { "}(K\u0001u.", "key without a value" },
        { "})K\u0001s.", "neither text nor number" },
        { "\u0080\u0000.", "protocol 0" },

        // lengths
        { "X\u00ff\u00ff\u00ff\u00ff.", "past the end" },
        { "T\u00ff\u00ff\u00ff\u00ff.", "past the end" },
        { "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff.", "past the end" },
        { "\u008e\0\0\0\0\0\0\0\u0080.", "past the end" },
        { "\u008b\u00ff\u00ff\u00ff\u007f.", "past the end" },
        { "\u008a\u0011" + new string('a', 17) + ".", "number of 17 bytes" },
        { "c" + new string('a', 5000), "name of more than 1024 bytes" },
        { "N", "" },
    };

    public static TheoryData<string, string> Tensors => new()
    {
        { Tensor(Storage(), 0, Tuple(5), Tuple(1)), "reaches past the end" },
        { Tensor(Storage(), 1, Tuple(4), Tuple(1)), "reaches past the end" },
        { Tensor(Storage(), long.MaxValue, Tuple(1), Tuple(1)), "reaches past the end" },
        { Tensor(Storage(), -1, Tuple(1), Tuple(1)), "reaches past the end" },
        { Tensor(Storage(), 0, Tuple(2, 2), Tuple(long.MaxValue, long.MaxValue)), "reaches past the end" },
        { Tensor(Storage(), 0, Tuple(2), Tuple(-1)), "without a storage" },
        { Tensor(Storage(), 0, Tuple(-2), Tuple(1)), "without a storage" },
        { Tensor(Storage(), 0, Tuple(2), Tuple(1, 1)), "without a storage" },
        { Tensor(Storage(), 0, Tuple(1, 1, 1, 1, 1, 1, 1, 1, 1), Tuple(1, 1, 1, 1, 1, 1, 1, 1, 1)), "without a storage" },
        { Tensor(Storage(), 0, Tuple(long.MaxValue, long.MaxValue, long.MaxValue), Tuple(0, 0, 0)), "larger than any memory" },
        { Tensor(Storage(), 0, Tuple(0, long.MaxValue, long.MaxValue), Tuple(0, 0, 0)), "larger than any memory" },
        { Tensor(Storage(), 0, Tuple(1L << 40), Tuple(0)), "beyond measure" },
        { Tensor("N", 0, Tuple(1), Tuple(1)), "without a storage" },
        { Tensor(Storage("QInt8Storage"), 0, Tuple(1), Tuple(1)), "'torch.QInt8Storage'" },
        { Tensor(Storage(count: -1), 0, Tuple(1), Tuple(1)), "no storage" },
        { Tensor(Storage(count: 5), 0, Tuple(1), Tuple(1)), "'0' has" },
        { Tensor(Storage(count: long.MaxValue), 0, Tuple(1L << 60), Tuple(1)), "'0' has" },
        { Tensor(Storage(key: "1"), 0, Tuple(1), Tuple(1)), "storage" },
        { Tensor(Storage(key: "../../0"), 0, Tuple(1), Tuple(1)), "storage" },
        { Tensor(Storage(rest: "(" + Text("v") + Integer(2) + Integer(3) + "t"), 0, Tuple(1), Tuple(1)), "view that goes past the end" },
        { Tensor(Storage(rest: "(" + Text("v") + Integer(2) + Integer(2) + "t"), 0, Tuple(3), Tuple(1)), "reaches past the end" },
        { Tensor(Storage(), 0, Tuple(1), Tuple(1)) + "s" + Text("b") + Tensor(Storage("LongStorage"), 0, Tuple(1), Tuple(1)), "in two ways" },
    };

    [Theory]
    [MemberData(nameof(Pickles))]
    public void Open_HostilePickle_IsRefusedByItsOffence(string pickle, string mention)
    {
        AssertRefused(Legacy(pickle), mention);
        AssertRefused(Zip(pickle), mention);
    }

    [Theory]
    [MemberData(nameof(Tensors))]
    public void Open_TensorOutsideItsStorage_IsRefused(string tensor, string mention)
    {
        AssertRefused(Legacy(StateDict(tensor)), mention);
        AssertRefused(Zip(StateDict(tensor), ("archive/data/0", new byte[16])), mention);
    }

    [Fact]
    public void Open_MemoBomb_TakesNoMoreThanItSays()
    {
        string doubled = string.Concat(Enumerable.Repeat("q\0h\0\u0086", 10_000)); // x = (x, x), 2^10,000 values if anybody walked them
        string itself = "}q\0" + Text("state_dict") + "h\0s.";

        AssertRefused(Zip(Dictionary + Text("a") + ")" + doubled + "s."), "no tensors by name", 4 << 20);
        AssertRefused(Zip(itself), "no tensors by name");

        string pairs = "](" + string.Concat(Enumerable.Range(0, 10_000).Select(i => Integer(i) + "N\u0086")) + "eq\0";
        string copies = string.Concat(Enumerable.Repeat("h\u0001h\0\u0085R", 10_000)); // 10,000 dictionaries of the same 10,000 pairs
        AssertRefused(Zip(pairs + Global("collections", "OrderedDict") + "q\u0001" + copies + "."), "no tensors by name", 8 << 20);
    }

    /// <summary>Equal halves: as keys of a dictionary of .NET these numbers would all have the same hash, and each be compared with all before.</summary>
    [Fact]
    public void Open_NumbersOfOneHashForKeys_TakeNoTime()
    {
        string pairs = string.Concat(Enumerable.Range(1, 100_000).Select(i => Integer(((long)i << 32) | (uint)i) + "N"));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        AssertRefused(Zip("}(" + pairs + "u."), "no tensors by name", 16 << 20);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    /// <summary>The name of a network in a description is not a reason to take memory for it.</summary>
    [Fact]
    public void Open_DescriptionOfAHugeNetwork_IsRefusedAtOnce()
    {
        string path = shapes.NewPath(".safetensors");
        using (ResNeXtModule small = new(ResNeXtArchitecture.Parse("resnext11_2x1d_cifar"), 2))
        {
            var info = new CheckpointInfo { Architecture = "resnext101_1024x256d", Labels = ["a", "b"], Preprocessing = new ImagePreprocessing(), Epoch = 1, BestEpoch = 1, BestTop1 = 0 };
            Checkpoint.Save(path, info, small);
        }

        Assert.Contains("says that it holds 'resnext101_1024x256d' of 2 classes and is too small for that", Assert.Throws<InvalidDataException>(() => WeightsDescription.Of(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>Neither are shapes that others do not agree with: 1 MB for a network of 6 GB, and for a head of 2 GB.</summary>
    [Fact]
    public void Open_ShapesOfAHugeNetworkWithoutItsValues_AreRefusedAtOnce()
    {
        string wide = WeightsFiles.SaveShapes(shapes.NewPath(".safetensors"), new Dictionary<string, long[]>
        {
            ["conv1.weight"] = [64, 3, 7, 7],
            ["layer1.0.conv2.weight"] = [8192, 8, 3, 3],
            ["layer1.0.conv3.weight"] = [0],
            ["layer1.0.conv1.weight"] = [0],
            ["layer2.0.conv1.weight"] = [0],
            ["layer3.0.conv1.weight"] = [0],
            ["layer4.0.conv1.weight"] = [0],
            ["fc.weight"] = [2, 1],
        });
        Dictionary<string, long[]> shallow = WeightsFiles.ShapesOf(ResNeXtArchitecture.Parse("resnext14_2x4d"));
        shallow["fc.weight"] = [250_000, 1];
        string many = WeightsFiles.SaveShapes(shapes.NewPath(".safetensors"), shallow);

        Assert.Contains("is too small for that", Assert.Throws<InvalidDataException>(() => WeightsDescription.Of(wide)).Message, StringComparison.Ordinal);
        Assert.Contains("of 250000 classes and is too small for that", Assert.Throws<InvalidDataException>(() => WeightsDescription.Of(many, "resnext14_2x4d")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DeepNesting_NeedsNoDeepStack()
    {
        const int Depth = 100_000;

        AssertRefused(Zip(new string('(', Depth) + "."), "stack", 32 << 20);
        AssertRefused(Zip(new string(']', Depth) + new string('a', Depth - 1) + "."), "no dictionary", 32 << 20);
        AssertRefused(Zip(")" + string.Concat(Enumerable.Repeat("\u0085", Depth)) + "."), "no dictionary", 32 << 20);
    }

    [Fact]
    public void Open_EndlessPickle_IsRefusedAfterAMillionSteps()
    {
        AssertRefused(Legacy(new string(']', PickleMachine.MaxSteps + 1)), "1,000,000 steps", 128 << 20);
        AssertRefused(Legacy(Text(new string('a', PickleInput.MaxBytes)) + "."), "longer than 16 MiB", 4 << 20);
    }

    [Theory]
    [InlineData("../../etc/cron.d/x", "points outside")]
    [InlineData("archive/../../x", "points outside")]
    [InlineData("/etc/passwd", "points outside")]
    [InlineData("archive\\x", "points outside")]
    [InlineData("C:/x", "points outside")]
    [InlineData("archive/data.pkl", "there twice")]
    [InlineData("archive/byteorder", "byte order is 'big'")]
    public void Open_ZipWithAHostileMember_NamesIt(string member, string mention) =>
        AssertRefused(Zip(StateDict(Tensor(Storage(), 0, Tuple(4), Tuple(1))), ("archive/data/0", new byte[16]), (member, "big"u8.ToArray())), mention);

    [Fact]
    public void Open_ZipBomb_IsRefusedBeforeItUnpacks()
    {
        const int Count = 16 << 20;
        byte[] bomb = Zip(StateDict(Tensor(Storage(count: Count), 0, Tuple(Count), Tuple(1))), ("archive/data/0", new byte[4 * Count]));

        AssertRefused(bomb, "would unpack to");
        byte[] noise = new byte[2 << 20];
        new Random(1).NextBytes(noise); // so that the archive is large enough for what it unpacks to
        AssertRefused(Zip(new string(' ', PickleInput.MaxBytes), ("archive/data/0", noise)), "expected at most");
    }

    [Fact]
    public void Read_StorageThatClaimsMoreThanItUnpacksTo_IsRefused()
    {
        byte[] zip = Zip(StateDict(Tensor(Storage(count: 5), 0, Tuple(5), Tuple(1))), ("archive/data/0", new byte[16]));
        byte[] name = Latin1("archive/data/0");
        int length = zip.AsSpan().LastIndexOf(name) - 22; // in the directory, where readers look
        zip[length] = 20;
        string path = Write(zip);

        using var file = WeightsFile.Open(path);

        Assert.Contains("'weight' of", Assert.Throws<InvalidDataException>(() => file.Read("weight")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u0001\u0001a\u0006\u0001\u0005", "goes past the end")]
    [InlineData("\u0001\u0001a\u0006\u0002\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f", "goes past the end")]
    [InlineData("\u0001\u0001a\u0006\u0003\0\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f", "goes past the end")]
    [InlineData("\u0001\u0001a\u0006\u0009", "rank of 'a'")]
    [InlineData("\u0001\u0001a\u0009\u0001\u0001", "type ComplexFloat32")]
    [InlineData("\u0002\u0001a\0\u0001\u0001x\u0001a\0\u0001\u0001x", "there twice")]
    [InlineData("\u0002\u0001a\0\u0001\u0001x", "length of a name")]
    [InlineData("\u0002\u0001a\0\u0001\u0001x\u0007b", "within a name")]
    [InlineData("\u0001\u0001a\0\u0001\u0001xyz", "end at byte 7 of 9")]
    [InlineData("\u0001\u0001a\0\u0001\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u0001", "shape of 'a'")]
    public void Open_DamagedTorchSharpFile_SaysWhatIsWrong(string content, string mention) => AssertRefused(Latin1(content), mention);

    private string Write(byte[] content)
    {
        string path = shapes.NewPath(".pth");
        File.WriteAllBytes(path, content);
        return path;
    }

    private void AssertRefused(byte[] content, string mention, long memory = 1 << 20)
    {
        string path = Write(content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Assert.Throws<InvalidDataException>(() => WeightsFile.Open(path));
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(mention, exception.Message, StringComparison.Ordinal);
        Assert.InRange(taken, 0, memory);
    }
}
