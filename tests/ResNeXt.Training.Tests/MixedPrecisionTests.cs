using System.Buffers.Binary;
using System.Text.Json.Nodes;
using TorchSharp;

namespace ResNeXt.Training.Tests;

public sealed class MixedPrecisionTests(Shapes shapes)
{
    [Theory]
    [InlineData(true, 0x20, null, true)]
    [InlineData(true, unchecked((int)0xFFFFFFDF), null, false)] // every bit but that of AVX512_BF16
    [InlineData(false, 0x20, null, false)] // an operating system without AVX-512
    [InlineData(true, 0x20, "AVX", false)] // oneDNN where the caches are hidden
    [InlineData(true, 0x20, "AVX512_CORE_VNNI", false)]
    [InlineData(true, 0x20, "AVX512_CORE_BF16", true)]
    [InlineData(true, 0x20, "avx512_core_amx", true)]
    public void AreInstructions_FeaturesAndLimit_AreAvx512BFloat16InUse(bool avx512, int features, string? limit, bool expected) =>
        Assert.Equal(expected, MixedPrecision.AreInstructions(avx512, features, limit));

    [Fact]
    public void HasInstructions_ThisProcessor_IsWhatLinuxSays()
    {
        const string Processor = "/proc/cpuinfo";
        Assert.SkipUnless(File.Exists(Processor), "Linux alone says so.");

        Assert.Equal(File.ReadLines(Processor).First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(' ').Contains("avx512_bf16"), MixedPrecision.HasInstructions);
    }

    [Theory]
    [InlineData(null, null, DeviceType.CPU, true, true)]
    [InlineData(null, null, DeviceType.CPU, false, false)]
    [InlineData(null, null, DeviceType.CUDA, true, false)]
    [InlineData(true, null, DeviceType.CUDA, false, true)]
    [InlineData(false, null, DeviceType.CPU, true, false)]
    [InlineData(null, "bfloat16", DeviceType.CPU, false, true)] // a resume goes on as the run began
    [InlineData(null, "none", DeviceType.CPU, true, false)]
    [InlineData(false, "bfloat16", DeviceType.CPU, true, false)] // which the comparison of settings then refuses
    public void IsOn_AskedRecordedOrNeither_TakesTheFirst(bool? asked, string? begun, DeviceType device, bool instructions, bool expected) =>
        Assert.Equal(expected, MixedPrecision.IsOn(asked, begun, device, instructions));

    [Theory]
    [InlineData(true, null, false, "--no-amp")]
    [InlineData(true, "bfloat16", false, "The run began so")]
    [InlineData(true, null, true, null)]
    [InlineData(false, null, false, null)]
    public void Note_WithoutInstructions_SaysThatItIsSlow(bool isOn, string? begun, bool instructions, string? expected)
    {
        string? note = MixedPrecision.Note(isOn, begun, DeviceType.CPU, instructions);

        Assert.Equal(expected is null, note is null);
        Assert.Contains(expected ?? "", note ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Amp_LearnsAndKeepsEverythingInFloat32()
    {
        TrainOptions options = Amp() with { Epochs = 8, LearningRate = 0.05, ModelEma = true, ModelEmaDecay = 0.9 };

        TrainResult result = new Trainer(options).Run();

        string last = Path.Combine(options.Out, "last.safetensors");
        CheckpointInfo info = Checkpoint.ReadInfo(last);
        Assert.InRange(result.ValTop1, 0.9, 1);
        Assert.True(info.History[^1].TrainLoss < info.History[0].TrainLoss / 2);
        Assert.Equal("bfloat16", info.Settings["mixed precision"]);
        Assert.Equal(["F32", "I64"], Types(last)); // the number of batches seen is whole
    }

    [Fact]
    public void Run_AmpResumed_IsTheSameAsUninterrupted()
    {
        TrainOptions whole = Amp(), stopped = Amp();
        new Trainer(whole).Run();
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new Trainer(stopped, state =>
        {
            if (state is { Epoch: 2, Step: 2 })
            {
                stop.Cancel();
            }
        }).Run(stop.Token));

        new Trainer(stopped with { Resume = true, Amp = null }).Run(); // as the run began, whatever the processor

        Assert.Equal(SavedRun.Of(Path.Combine(whole.Out, "last.safetensors")), SavedRun.Of(Path.Combine(stopped.Out, "last.safetensors")));
        Assert.Contains("mixed precision bfloat16, now it is none", Refused(stopped with { Resume = true, Amp = false }), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ResumedRunInFloat32_GoesOnInFloat32()
    {
        TrainOptions options = Amp() with { Amp = false, Epochs = 1 };
        new Trainer(options).Run();

        Assert.Equal(1, new Trainer(options with { Resume = true, Amp = null }).Run().Epochs);
        Assert.Contains("mixed precision none, now it is bfloat16", Refused(options with { Resume = true, Amp = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NeitherAskedNorRecorded_GoesByTheProcessor()
    {
        TrainOptions options = Amp() with { Amp = null, Epochs = 1 };
        new Trainer(options).Run();

        Assert.Equal(MixedPrecision.HasInstructions ? "bfloat16" : "none", Checkpoint.ReadInfo(Path.Combine(options.Out, "last.safetensors")).Settings["mixed precision"]);
    }

    private static IEnumerable<string> Types(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        JsonObject header = JsonNode.Parse(file.AsSpan(8, (int)BinaryPrimitives.ReadInt64LittleEndian(file)))!.AsObject();
        header.Remove("__metadata__");
        return header.Select(pair => pair.Value!["dtype"]!.GetValue<string>()).Distinct().Order();
    }

    private static string Refused(TrainOptions options) => Assert.Throws<InvalidDataException>(() => new Trainer(options).Run()).Message;

    private TrainOptions Amp() => shapes.Tiny(shapes.NewPath()) with { Amp = true, Device = MLNet.ExecutionDevice.Cpu };
}
