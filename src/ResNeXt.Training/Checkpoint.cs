using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Weights on disk, with everything needed to go on: a safetensors file that holds the module's tensors under PyTorch's names, the
/// optimizer's momentum under <c>momentum.</c>, and a <see cref="CheckpointInfo"/>. Written atomically.
/// </summary>
internal static class Checkpoint
{
    private const string MomentumPrefix = "momentum.";

    /// <param name="path">The file to create or replace.</param>
    /// <param name="info">What it says of itself.</param>
    /// <param name="module">The network.</param>
    /// <param name="optimizer">The optimizer to go on with; null leaves it out.</param>
    public static void Save(string path, CheckpointInfo info, ResNeXtModule module, NesterovSgd? optimizer = null)
    {
        using DisposeScope scope = NewDisposeScope();
        var tensors = module.state_dict().Select(pair => (pair.Key, pair.Value)).ToList();
        if (optimizer is not null)
        {
            tensors.AddRange(optimizer.Velocities.Select(pair => (MomentumPrefix + pair.Name, pair.Velocity)));
        }

        AtomicFile.Write(path, stream => SafeTensorsWriter.Write(stream, tensors, info.ToMetadata()));
    }

    /// <exception cref="InvalidDataException">The file is damaged, or holds bare weights without a description.</exception>
    public static CheckpointInfo ReadInfo(string path) =>
        TryReadInfo(path) ?? throw new InvalidDataException($"'{path}' holds bare weights: name their architecture.");

    /// <returns>Null for bare weights of another origin.</returns>
    public static CheckpointInfo? TryReadInfo(string path)
    {
        using var file = WeightsFile.Open(path);
        return CheckpointInfo.FromMetadata(file.Metadata, path);
    }

    /// <summary>Number of classes of the network that the weights are for.</summary>
    /// <exception cref="InvalidDataException">They hold no last layer.</exception>
    public static int ClassCount(string path)
    {
        using var file = WeightsFile.Open(path);
        return file.Names.Contains("fc.bias") && file.Shape("fc.bias") is [long classes and > 0 and <= int.MaxValue]
            ? (int)classes
            : throw new InvalidDataException($"'{path}' does not hold a ResNeXt: its last layer, 'fc.bias', is missing.");
    }

    /// <summary>Copies the file's tensors into the module, strictly: every tensor must be there, of its shape.</summary>
    /// <param name="path">The file.</param>
    /// <param name="module">The network.</param>
    /// <param name="optimizer">Receives the momentum; null leaves it.</param>
    /// <param name="replaceHead">Leave the last layer as it is, whatever the file has.</param>
    /// <exception cref="InvalidDataException">Tensors are missing or of another shape.</exception>
    public static void Load(string path, ResNeXtModule module, NesterovSgd? optimizer = null, bool replaceHead = false)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var file = WeightsFile.Open(path);
        (string Name, Tensor Value)[] wanted =
        [
            .. module.state_dict().Where(pair => !(replaceHead && pair.Key.StartsWith("fc.", StringComparison.Ordinal))).Select(pair => (pair.Key, pair.Value)),
            .. optimizer?.Velocities.Select(pair => (MomentumPrefix + pair.Name, pair.Velocity)) ?? [],
        ];
        RequireAll(path, file, wanted);
        foreach ((string name, Tensor target) in wanted)
        {
            using Tensor value = file.Read(name);
            target.copy_(value);
        }
    }

    private static void RequireAll(string path, WeightsFile file, (string Name, Tensor Value)[] wanted)
    {
        var found = file.Names.ToHashSet();
        string[] wrong =
        [
            .. wanted.Where(pair => !found.Contains(pair.Name)).Select(pair => $"'{pair.Name}' is missing"),
            .. wanted.Where(pair => found.Contains(pair.Name) && !file.Shape(pair.Name).SequenceEqual(pair.Value.shape))
                .Select(pair => $"'{pair.Name}' is [{string.Join(", ", file.Shape(pair.Name))}], expected [{string.Join(", ", pair.Value.shape)}]"),
        ];
        if (wrong.Length > 0)
        {
            string more = wrong.Length > 5 ? $"; and {wrong.Length - 5} more" : "";
            throw new InvalidDataException($"'{path}' does not fit the network: {string.Join("; ", wrong.Take(5))}{more}.");
        }
    }
}
