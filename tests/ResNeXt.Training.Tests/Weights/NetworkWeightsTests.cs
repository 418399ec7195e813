using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class NetworkWeightsTests(Shapes shapes)
{
    [Theory]
    [InlineData("model._orig_mod.")]
    [InlineData("module.backbone.")]
    public void Load_WrappedModule_TakesThePrefixOffAndSaysSo(string prefix)
    {
        using ResNeXtModule saved = NewModule(seed: 1), loaded = NewModule(seed: 2);
        string path = WeightsFiles.Save(shapes.NewPath(".safetensors"), saved, name => prefix + name);
        List<string> log = [];

        WeightsDescription description = WeightsDescription.Of(path, log: log.Add);
        Checkpoint.Load(path, loaded);

        Assert.Equal("resnext14_2x4d", description.Architecture.Name);
        Assert.Equal($"'{path}': '{prefix}' is taken off 104 of 104 names.", Assert.Single(log));
        AssertSame(saved, loaded);
    }

    [Theory]
    [InlineData("resnet.")]
    [InlineData("net.")]
    [InlineData("module.encoder_q.")]
    [InlineData("student.body.")]
    public void Load_OwnersModule_TakesItsNameOff(string prefix)
    {
        using ResNeXtModule saved = NewModule(seed: 1), loaded = NewModule(seed: 2);
        string path = WeightsFiles.Save(shapes.NewPath(".safetensors"), saved, name => prefix + name);
        List<string> log = [];

        Assert.Equal("resnext14_2x4d", WeightsDescription.Of(path, log: log.Add).Architecture.Name);
        Checkpoint.Load(path, loaded);

        Assert.Contains("is taken off 104 of 104 names", log[^1], StringComparison.Ordinal);
        AssertSame(saved, loaded);
    }

    [Theory]
    [InlineData("fc.1.")]
    [InlineData("head.fc.")]
    [InlineData("classifier.")]
    [InlineData("last_linear.")]
    public void Load_HeadOfAnotherName_IsReadAndSaid(string head)
    {
        using ResNeXtModule saved = NewModule(seed: 1), loaded = NewModule(seed: 2);
        string path = WeightsFiles.Save(shapes.NewPath(".safetensors"), saved, name => name.StartsWith("fc.", StringComparison.Ordinal) ? head + name[3..] : "backbone." + name);
        List<string> log = [];

        Assert.Equal(saved.Classes, WeightsDescription.Of(path, log: log.Add).Classes);
        Checkpoint.Load(path, loaded);

        Assert.Equal($"'{path}': '{head.TrimEnd('.')}' is read as the last layer, fc.", log[^1]);
        AssertSame(saved, loaded);
    }

    /// <summary>Of two layers neither is the last one alone.</summary>
    [Fact]
    public void Open_HeadOfTwoLayers_IsNotTakenForOne()
    {
        string path = WeightsFiles.SaveShapes(shapes.NewPath(".safetensors"), new() { ["layer1.0.conv1.weight"] = [8, 64, 1, 1], ["fc.0.weight"] = [512, 2048], ["fc.3.weight"] = [5, 512] });

        using NetworkWeights weights = NetworkWeights.Open(path);

        Assert.Contains("fc.0.weight", weights.Names);
    }

    [Fact]
    public void Open_TwoEncoders_SaysHowToTakeOne()
    {
        string path = WeightsFiles.SaveShapes(shapes.NewPath(".safetensors"), new() { ["encoder_q.layer1.0.conv1.weight"] = [8, 64, 1, 1], ["encoder_k.layer1.0.conv1.weight"] = [8, 64, 1, 1] });

        Assert.Contains("'encoder_k.', 'encoder_q.'. Leave all but one aside, --ignore \"encoder_q.*\"", Assert.Throws<InvalidDataException>(() => NetworkWeights.Open(path)).Message, StringComparison.Ordinal);
        using NetworkWeights one = NetworkWeights.Open(path, ignore: ["encoder_k.*"]);
        Assert.Equal(["layer1.0.conv1.weight"], one.Names);
    }

    [Fact]
    public void Open_AveragedCopiesOfAnotherProgram_AreTakenAndSaid()
    {
        string path = WeightsFiles.SaveShapes(shapes.NewPath(".safetensors"), new() { ["layer1.0.conv1.weight"] = [8, 64, 1, 1], ["ema.layer1.0.conv1.weight"] = [8, 64, 1, 1] });
        List<string> log = [];

        using NetworkWeights weights = NetworkWeights.Open(path, log.Add);

        Assert.Contains("the averaged weights are taken, those under 'ema.'", Assert.Single(log), StringComparison.Ordinal);
    }

    /// <summary>As timm leaves it on Hugging Face.</summary>
    [Theory]
    [InlineData("""{"architecture":"x","pretrained_cfg":{"input_size":[3,96,96],"mean":[0.5,0.5,0.5],"std":[0.25,0.25,0.25],"interpolation":"bicubic","crop_pct":0.95,"crop_mode":"squash"},"label_names":["a","b"]}""")]
    [InlineData("""{"input_size":[3,96,96],"mean":[0.5,0.5,0.5],"std":[0.25,0.25,0.25],"interpolation":"bicubic","crop_pct":0.95,"crop_mode":"squash","label_names":["a","b"]}""")]
    public void Of_ConfigurationBesideTheWeights_IsRead(string config)
    {
        using ResNeXtModule saved = NewModule(seed: 1);
        string path = Beside(saved, config);
        List<string> log = [];

        var description = WeightsDescription.Of(path, log: log.Add);

        ResNeXt.MLNet.ImagePreprocessing input = description.Preprocessing;
        Assert.Equal((96, 101, ResNeXt.MLNet.ImageInterpolation.Bicubic, ResNeXt.MLNet.ImageFit.BothSides), (input.ImageSize, input.ResizeSize, input.Interpolation, input.Fit));
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.25f, 0.25f, 0.25f], input.Mean.Concat(input.StandardDeviation));
        Assert.Equal(["a", "b"], description.Labels);
        Assert.Contains("config.json' says: 96 x 96 pixels of 101", Assert.Single(log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type":"bert","hidden_size":768}""", null)]
    [InlineData("""{"mean":[0.5]}""", "three finite numbers")]
    [InlineData("""{"mean":[0.5,0.5,0.5],"interpolation":"lanczos"}""", "interpolation is 'lanczos'")]
    [InlineData("""{"input_size":[3,96,96],"crop_pct":0}""", "crop_pct is 0")]
    [InlineData("no json", "cannot be read as the configuration of timm")]
    [InlineData("""{"input_size":"large"}""", null)]
    public void Of_ConfigurationOfAnotherKind_IsPassedOverOrNamed(string config, string? error)
    {
        using ResNeXtModule saved = NewModule(seed: 1);
        string path = Beside(saved, config);

        if (error is null)
        {
            Assert.Equal(224, WeightsDescription.Of(path).Preprocessing.ImageSize);
            return;
        }

        string message = Assert.Throws<InvalidDataException>(() => WeightsDescription.Of(path)).Message;
        Assert.Contains("config.json", message, StringComparison.Ordinal);
        Assert.Contains(error, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightsInShards_EqualsTheWhole()
    {
        using ResNeXtModule saved = NewModule(seed: 1), loaded = NewModule(seed: 2);
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName, list = Path.Combine(folder, "model.safetensors.index.json");
        string Of(string name) => name.StartsWith("layer", StringComparison.Ordinal) ? "model-00001-of-00002.safetensors" : "model-00002-of-00002.safetensors";
        foreach (string file in new[] { Of("layer"), Of("fc") })
        {
            WeightsFiles.Save(Path.Combine(folder, file), saved, name => Of(name) == file ? name : null);
        }

        File.WriteAllText(list, System.Text.Json.JsonSerializer.Serialize(new { metadata = new { }, weight_map = saved.state_dict().Keys.ToDictionary(name => name, Of) }));
        Checkpoint.Load(list, loaded);
        AssertSame(saved, loaded);

        File.Delete(Path.Combine(folder, Of("fc")));
        Assert.Contains("'model-00002-of-00002.safetensors', which is not beside it", Assert.Throws<InvalidDataException>(() => WeightsFile.Open(list)).Message, StringComparison.Ordinal);
    }

    /// <summary>Nothing that a file says leads out of its folder.</summary>
    [Theory]
    [InlineData("""{"weight_map":{"a":"../b.safetensors"}}""", "'../b.safetensors'")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "'/etc/passwd'")]
    [InlineData("""{"weight_map":{}}""", "lists no files")]
    [InlineData("""{"weight_map":[]}""", "no list of safetensors files")]
    [InlineData("""{"files":1}""", "no list of safetensors files")]
    [InlineData("""{"weight_map":{"a":null}}""", "expected the names of files")]
    public void Open_ListOfAnotherHand_IsRefused(string json, string mention)
    {
        string path = shapes.NewPath(".safetensors.index.json");
        File.WriteAllText(path, json);

        Assert.Contains(mention, Assert.Throws<InvalidDataException>(() => WeightsFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BackboneUnderAHead_TakesBoth()
    {
        using ResNeXtModule saved = NewModule(seed: 1), loaded = NewModule(seed: 2);
        string path = WeightsFiles.Save(shapes.NewPath(".safetensors"), saved, name => name.StartsWith("fc.", StringComparison.Ordinal) ? name : "backbone." + name);

        Checkpoint.Load(path, loaded);

        AssertSame(saved, loaded);
    }

    [Fact]
    public void Load_FileFromBeforeBatchesWereCounted_IsTaken()
    {
        using ResNeXtModule saved = NewModule(seed: 1), loaded = NewModule(seed: 2);
        string path = WeightsFiles.Save(shapes.NewPath(".safetensors"), saved, name => name.EndsWith("num_batches_tracked", StringComparison.Ordinal) ? null : name);

        Checkpoint.Load(path, loaded);

        AssertSame(saved, loaded);
    }

    [Fact]
    public void Open_TwoNetworks_NamesATensorOfEach()
    {
        string path = WeightsFiles.SaveShapes(shapes.NewPath(".safetensors"), new() { ["model.conv1.weight"] = [64, 3, 7, 7], ["module.conv1.weight"] = [64, 3, 7, 7] });

        string message = Assert.Throws<InvalidDataException>(() => NetworkWeights.Open(path)).Message;

        Assert.Contains("'model.conv1.weight' and 'module.conv1.weight'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyTo_IntegersForWeights_IsRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        string path = shapes.NewPath(".safetensors");
        using (FileStream stream = File.Create(path))
        {
            SafeTensorsWriter.Write(stream, [("fc.bias", tensor(new long[] { 1, 2 }))], new Dictionary<string, string>());
        }

        using NetworkWeights weights = NetworkWeights.Open(path);

        Assert.Contains("'fc.bias' as Int64", Assert.Throws<InvalidDataException>(() => weights.CopyTo("fc.bias", zeros(2))).Message, StringComparison.Ordinal);
    }

    private string Beside(ResNeXtModule module, string config)
    {
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), config);
        return WeightsFiles.Save(Path.Combine(folder, "model.safetensors"), module, name => name);
    }

    private static void AssertSame(ResNeXtModule expected, ResNeXtModule actual)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.All(expected.state_dict().Zip(actual.state_dict()), pair => Assert.True(pair.First.Value.eq(pair.Second.Value).all().item<bool>(), pair.First.Key));
    }

    private static ResNeXtModule NewModule(int seed)
    {
        manual_seed(seed);
        return new ResNeXtModule(ResNeXtArchitecture.Parse("resnext14_2x4d"), 2);
    }
}
