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
