using System.Text.Json;
using ResNeXt.MLNet;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary><c>export</c> of weights that others saved, and of a head for other classes.</summary>
public sealed class ExportCommandTests(Shapes shapes, TrainedModel trained)
{
    [Fact]
    public async Task Export_WrappedFeaturesOnly_NeedsClassesAndNoArchitecture()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 3);
        string weights = WeightsFiles.Save(shapes.NewPath(".safetensors"), module, name => name.StartsWith("fc.", StringComparison.Ordinal) ? null : "module." + name);
        string output = shapes.NewPath(".onnx");

        (await CommandRun.StartAsync("export", "--weights", weights, "--output", output)).AssertFailed(2, weights, "--classes N makes a new one");
        CommandRun run = await CommandRun.StartAsync("export", "--weights", weights, "--output", output, "--classes", "3", "--image-size", "32");

        using ResNeXtModel model = ResNeXtModel.Load(output);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("'module.' is taken off", run.Error, StringComparison.Ordinal);
        Assert.Contains("holds no last layer", run.Error, StringComparison.Ordinal);
        Assert.Equal("resnext14_2x4d", model.Metadata.Architecture);
        Assert.Equal(["0", "1", "2"], model.Metadata.Labels);
    }

    [Fact]
    public async Task Export_OtherClasses_ReplacesTheHeadAndSaysSo()
    {
        string output = shapes.NewPath(".onnx"), labels = shapes.NewPath(".txt");
        File.WriteAllLines(labels, ["a", "b", "c"]);

        CommandRun run = await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", output, "--labels", labels, "--classes", "3");

        using ResNeXtModel before = ResNeXtModel.Load(trained.Result.Model), after = ResNeXtModel.Load(output);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("The last layer is new, random values for 3 classes", run.Error, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "c"], after.Metadata.Labels);
        Assert.Equal(Features(before), Features(after));
    }

    /// <summary>A list with a name too many must not cost a good head.</summary>
    [Fact]
    public async Task Export_LabelsOfAnotherNumber_IsAnError()
    {
        string labels = shapes.NewPath(".txt"), output = shapes.NewPath(".onnx");
        File.WriteAllLines(labels, ["a", "b", "c"]);

        (await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", output, "--labels", labels)).AssertFailed(2, "--labels holds 3 names", "for 2 classes", "--classes 3");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task Export_NewHead_ListsWhatIsDropped()
    {
        CommandRun run = await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", shapes.NewPath(".onnx"), "--classes", "3", "--json");

        Assert.True(run.Json.GetProperty("newHead").GetBoolean());
        Assert.Equal(["fc.bias", "fc.weight"], run.Json.GetProperty("dropped").EnumerateArray().Select(name => name.GetString()!));
        Assert.Contains("Dropped: fc.bias, fc.weight.", run.Error, StringComparison.Ordinal);
    }

    /// <summary>BCEWithLogitsLoss: one logit, whose sigmoid is the probability of the second class.</summary>
    [Fact]
    public async Task Export_OneLogit_BecomesTwoClassesOfTheSameProbabilities()
    {
        manual_seed(3);
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 1);
        string weights = WeightsFiles.Save(shapes.NewPath(".safetensors"), module, name => name), output = shapes.NewPath(".onnx"), labels = shapes.NewPath(".txt");
        File.WriteAllLines(labels, ["cat", "dog"]);

        CommandRun run = await CommandRun.StartAsync("export", "--weights", weights, "--output", output, "--labels", labels, "--image-size", "32");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("has one logit, so it is for a sigmoid", run.Error, StringComparison.Ordinal);
        using ResNeXtModel model = ResNeXtModel.Load(output);
        Assert.Equal(["cat", "dog"], model.Metadata.Labels);
        var batch = new TensorBatch(1, 32);
        batch.Set(0, FormulaWeights.Pixels(32));
        float[][] outputs = [.. model.Run(batch, 1, ["logits", "probabilities"])[0]];
        Assert.Equal(0, outputs[0][0], 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-outputs[0][1])), outputs[1][1], 1e-6);
        (await CommandRun.StartAsync("export", "--weights", weights, "--output", output, "--labels", Three())).AssertFailed(2, "--labels holds 3 names", "for 2 classes");

        string Three()
        {
            string path = shapes.NewPath(".txt");
            File.WriteAllLines(path, ["a", "b", "c"]);
            return path;
        }
    }

    [Fact]
    public async Task Export_LabelsInTheSystemsOldEncoding_IsAnError()
    {
        string labels = shapes.NewPath(".txt");
        File.WriteAllBytes(labels, [(byte)'K', 0xE4, (byte)'f', (byte)'e', (byte)'r', (byte)'\n', (byte)'b', (byte)'\n']);

        (await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", shapes.NewPath(".onnx"), "--labels", labels)).AssertFailed(1, labels, "is not UTF-8");
    }

    [Fact]
    public async Task Export_TensorsOfAnotherModule_AreLeftAsideWhenTold()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 3);
        using DisposeScope scope = NewDisposeScope();
        string weights = shapes.NewPath(".safetensors"), output = shapes.NewPath(".onnx");
        using (FileStream stream = File.Create(weights))
        {
            SafeTensorsWriter.Write(stream, [.. module.state_dict().Select(pair => ($"encoder.{pair.Key}", pair.Value)), ("criterion.weight", zeros(3))], new Dictionary<string, string>());
        }

        (await CommandRun.StartAsync("export", "--weights", weights, "--output", output, "--image-size", "32")).AssertFailed(1, "0 tensors are missing, 1 unexpected");
        CommandRun run = await CommandRun.StartAsync("export", "--weights", weights, "--output", output, "--image-size", "32", "--ignore", "criterion.*", "--mean", "0.5,0.5,0.5", "--std", "0.25,0.25,0.25");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 of 105 tensors are ignored as told, 'criterion.weight'", run.Error, StringComparison.Ordinal);
        Assert.Contains("'encoder.' is taken off 104 of 105 names", run.Error, StringComparison.Ordinal);
        using ResNeXtModel model = ResNeXtModel.Load(output);
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.25f, 0.25f, 0.25f], model.Metadata.Preprocessing.Mean.Concat(model.Metadata.Preprocessing.StandardDeviation));
    }

    [Fact]
    public async Task Export_LabelsAndClassesThatContradict_NamesBoth()
    {
        string labels = shapes.NewPath(".txt");
        File.WriteAllLines(labels, ["a", "b", "c"]);

        (await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", shapes.NewPath(".onnx"), "--labels", labels, "--classes", "4"))
            .AssertFailed(2, "--classes is 4", "--labels holds 3 names");
    }

    [Fact]
    public async Task Export_ForeignTensors_ListsThemBeforeTheVerdict()
    {
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 3);
        string weights = WeightsFiles.Save(shapes.NewPath(".safetensors"), module, name => name.Replace("bn1", "norm1", StringComparison.Ordinal));

        CommandRun run = await CommandRun.StartAsync("export", "--arch", "resnext14_2x4d", "--weights", weights, "--output", shapes.NewPath(".onnx"));

        run.AssertFailed(1, weights, "20 tensors are missing, 25 unexpected");
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("error: ", lines[^1], StringComparison.Ordinal);
        Assert.Contains("  layer2.0.bn1.weight [16] (closest: layer2.0.norm1.weight [16])", lines);
    }

    [Fact]
    public async Task Export_ToSafetensors_KeepsEveryBitAndTheDescription()
    {
        string output = shapes.NewPath(".safetensors");

        CommandRun run = await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", output, "--json");

        Assert.Equal((0, JsonValueKind.Null), (run.ExitCode, run.Json.GetProperty("maxAbsError").ValueKind));
        CheckpointInfo before = Checkpoint.ReadInfo(trained.Result.Checkpoint), after = Checkpoint.ReadInfo(output);
        Assert.Equal(before.Labels, after.Labels);
        Assert.Equal((before.Architecture, before.Epoch, before.Preprocessing.ImageSize), (after.Architecture, after.Epoch, after.Preprocessing.ImageSize));
        AssertSameBits(output);
    }

    [Fact]
    public async Task Export_ToPthAndBack_KeepsEveryBit()
    {
        string pth = shapes.NewPath(".pth"), back = shapes.NewPath(".safetensors");

        CommandRun there = await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", pth);
        CommandRun again = await CommandRun.StartAsync("export", "--weights", pth, "--output", back);

        Assert.Equal((0, 0), (there.ExitCode, again.ExitCode));
        AssertSameBits(back);
    }

    [Fact]
    public async Task Export_PublishedNameThatWasNotPulled_SaysHowToGetIt()
    {
        var empty = new Dictionary<string, string> { ["RESNEXT_CACHE"] = shapes.NewPath() };

        (await CommandRun.StartAsync(empty, "export", "--weights", "resnext50_32x4d.tv2_in1k", "--output", shapes.NewPath(".onnx")))
            .AssertFailed(1, "weights pull resnext50_32x4d.tv2_in1k", "https://");
    }

    private void AssertSameBits(string copy)
    {
        using DisposeScope scope = NewDisposeScope();
        using WeightsFile from = WeightsFile.Open(trained.Result.Checkpoint), to = WeightsFile.Open(copy);
        Assert.Equal(from.Names, to.Names);
        Assert.All(from.Names, name => Assert.True(from.Read(name).eq(to.Read(name)).all().item<bool>(), name));
    }

    private static float[] Features(ResNeXtModel model)
    {
        var batch = new TensorBatch(1, 32);
        batch.Set(0, FormulaWeights.Pixels(32));
        return model.Run(batch, 1, ["features"])[0][0];
    }
}
