using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class CheckpointTests(Shapes shapes)
{
    private static readonly CheckpointInfo Info = new()
    {
        Architecture = "resnext14_2x4d",
        Labels = ["a", "b, with \"quotes\""],
        Preprocessing = new MLNet.ImagePreprocessing { ImageSize = 32, ResizeSize = 40 },
        Epoch = 3,
        BestEpoch = 2,
        BestTop1 = 0.75,
    };

    [Fact]
    public void Load_SavedModule_RestoresItBitForBit()
    {
        string path = shapes.NewPath(".safetensors");
        using ResNeXtModule saved = NewModule(seed: 1);
        Checkpoint.Save(path, Info, saved);
        using ResNeXtModule loaded = NewModule(seed: 2);

        Checkpoint.Load(path, loaded);

        using DisposeScope scope = NewDisposeScope();
        Assert.All(saved.state_dict().Zip(loaded.state_dict()), pair => Assert.True(pair.First.Value.eq(pair.Second.Value).all().item<bool>(), pair.First.Key));
        CheckpointInfo info = Checkpoint.ReadInfo(path);
        Assert.Equal(Info.Labels, info.Labels);
        Assert.Equal((3, 2, 0.75, 40), (info.Epoch, info.BestEpoch, info.BestTop1, info.Preprocessing.ResizeSize));
    }

    [Fact]
    public void Load_RenamedTensor_IsListedWithItsClosestName()
    {
        using ResNeXtModule saved = NewModule(seed: 1);
        string path = WeightsFiles.Save(shapes.NewPath(".safetensors"), saved, name => name.Replace("layer3.0.conv2.", "layer3.0.convB.", StringComparison.Ordinal));

        var exception = Assert.Throws<WeightsMismatchException>(() => Checkpoint.Load(path, saved));

        Assert.Equal($"'{path}' does not fit resnext14_2x4d of 2 classes: 1 tensors are missing, 1 unexpected, 0 of another shape.", exception.Summary);
        Assert.Equal(
            """
            1 missing:
              layer3.0.conv2.weight [32, 16, 3, 3] (closest: layer3.0.convB.weight [32, 16, 3, 3])
            1 unexpected:
              layer3.0.convB.weight [32, 16, 3, 3]
            """.ReplaceLineEndings("\n"),
            exception.Differences);
        Assert.Equal($"{exception.Summary}\n{exception.Differences}", exception.Message);
    }

    [Fact]
    public void Load_AnotherNetworkAltogether_ListsEveryDifference()
    {
        using ResNeXtModule saved = NewModule(seed: 1);
        using var other = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext50_32x4d"), 5);
        string path = WeightsFiles.Save(shapes.NewPath(".safetensors"), other, name => name);

        var exception = Assert.Throws<WeightsMismatchException>(() => Checkpoint.Load(path, saved));

        string[] names = [.. other.state_dict().Keys.Except(saved.state_dict().Keys)];
        Assert.Contains($"0 tensors are missing, {names.Length} unexpected,", exception.Summary, StringComparison.Ordinal);
        Assert.All(names, name => Assert.Contains($"\n  {name} [", exception.Differences, StringComparison.Ordinal));
        Assert.Contains("  fc.weight [5, 2048], expected [2, 2048]", exception.Differences, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OptimizersTensors_AreNotUnexpected()
    {
        string path = shapes.NewPath(".safetensors");
        using ResNeXtModule module = NewModule(seed: 1);
        using var optimizer = new NesterovSgd(TrainedParameter.All(module, 0), 0.9);
        Checkpoint.Save(path, Info, module, optimizer.State);

        Checkpoint.Load(path, module);
        Checkpoint.Load(path, module, optimizer.State);
    }

    [Fact]
    public void Load_FileWithAnAverage_GivesThatUnlessTheTrainingGoesOn()
    {
        string path = shapes.NewPath(".safetensors");
        using ResNeXtModule saved = NewModule(seed: 1), average = NewModule(seed: 2), loaded = NewModule(seed: 3);
        using DisposeScope scope = NewDisposeScope();
        (string, Tensor)[] state = [.. average.state_dict().Select(pair => ("ema." + pair.Key, pair.Value))];
        Checkpoint.Save(path, Info, saved, state);

        Checkpoint.Load(path, loaded);
        Assert.True(average.conv1.weight!.eq(loaded.conv1.weight!).all().item<bool>());
        Checkpoint.Load(path, loaded, state);
        Assert.True(saved.conv1.weight!.eq(loaded.conv1.weight!).all().item<bool>());
    }

    [Fact]
    public void Load_ReplaceHead_KeepsTheNewHead()
    {
        string path = shapes.NewPath(".safetensors");
        using ResNeXtModule saved = NewModule(seed: 1);
        Checkpoint.Save(path, Info, saved);
        using var other = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 5);

        Checkpoint.Load(path, other, except: Checkpoint.IsHead);

        using DisposeScope scope = NewDisposeScope();
        Assert.True(saved.conv1.weight!.eq(other.conv1.weight!).all().item<bool>());
        Assert.Equal([5, 2048], other.fc.weight!.shape);
    }

    [Fact]
    public void Load_WithoutMomentum_IsRefusedWhenItIsAskedFor()
    {
        string path = shapes.NewPath(".safetensors");
        using ResNeXtModule module = NewModule(seed: 1);
        using var optimizer = new NesterovSgd(TrainedParameter.All(module, 0), 0.9);
        Checkpoint.Save(path, Info, module);

        Assert.Contains("momentum.fc.bias", Assert.Throws<WeightsMismatchException>(() => Checkpoint.Load(path, module, optimizer.State)).Differences, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"Architecture":"resnext14_2x4d","Labels":["a","b"],"Preprocessing":null,"Epoch":1,"BestEpoch":1,"BestTop1":0}""")]
    [InlineData("""{"Architecture":"resnext14_2x4d","Labels":["a",null],"Preprocessing":{},"Epoch":1,"BestEpoch":1,"BestTop1":0}""")]
    [InlineData("""{"Architecture":"resnext14_2x4d","Labels":["a","b"],"Preprocessing":{"Mean":null},"Epoch":1,"BestEpoch":1,"BestTop1":0}""")]
    [InlineData("""{"Architecture":"resnext14_2x4d","Labels":["a","b"],"Preprocessing":{"ImageSize":-1},"Epoch":1,"BestEpoch":1,"BestTop1":0}""")]
    [InlineData("""{"Architecture":"resnext14_2x4d","Labels":["a","b"],"Preprocessing":{},"Epoch":1,"BestEpoch":1,"BestTop1":0,"History":[null]}""")]
    [InlineData("""{"Architecture":"resnext14_2x4d","Labels":["a","b"],"Preprocessing":{},"Epoch":1,"BestEpoch":1,"BestTop1":0,"Chosen":{"Epochs":5}}""")]
    [InlineData("""{"Architecture":"evil","Labels":["a","b"],"Preprocessing":{},"Epoch":1,"BestEpoch":1,"BestTop1":0}""")]
    public void FromMetadata_DamagedDescription_NamesTheFile(string json) => Assert.Contains(
        "x.safetensors",
        Assert.Throws<InvalidDataException>(() => CheckpointInfo.FromMetadata(new Dictionary<string, string> { ["resnext"] = json }, "x.safetensors")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Save_OntoAFolderThatIsNot_LeavesNothing()
    {
        string file = shapes.NewPath();
        File.WriteAllText(file, "a file");
        using ResNeXtModule module = NewModule(seed: 1);

        Assert.ThrowsAny<IOException>(() => Checkpoint.Save(Path.Combine(file, "x.safetensors"), Info, module));
        Assert.Equal("a file", File.ReadAllText(file));
    }

    private static ResNeXtModule NewModule(int seed)
    {
        TorchLibrary.Load(); // these tests may be the first of the process
        manual_seed(seed);
        return new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
    }
}
