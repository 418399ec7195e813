using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// Weights on disk, with everything needed to go on: a safetensors file that holds the module's tensors under PyTorch's names, the
/// state of its training under prefixes (<c>momentum.</c>, <c>exp_avg.</c>, <c>ema.</c>, <c>teacher.</c>), and a <see cref="CheckpointInfo"/>. Written atomically.
/// </summary>
internal static class Checkpoint
{
    /// <summary>Before the names of the moving average.</summary>
    public const string AveragePrefix = "ema.";

    /// <summary>Before the names of the layer that stands between a network's features and its teacher's.</summary>
    public const string TeacherPrefix = "teacher.";

    private static readonly string[] StatePrefixes = ["momentum.", "exp_avg.", "exp_avg_sq.", AveragePrefix, TeacherPrefix];

    /// <param name="path">The file to create or replace.</param>
    /// <param name="info">What it says of itself.</param>
    /// <param name="module">The network.</param>
    /// <param name="state">What is needed to go on, under prefixed names.</param>
    public static void Save(string path, CheckpointInfo info, ResNeXtModule module, IEnumerable<(string Name, Tensor Value)>? state = null)
    {
        using DisposeScope scope = NewDisposeScope();
        (string, Tensor)[] tensors = [.. module.state_dict().Select(pair => (pair.Key, pair.Value)), .. state ?? []];
        AtomicFile.Write(path, stream => SafeTensorsWriter.WriteSealed(stream, tensors, info.ToMetadata()));
    }

    /// <summary>The module's tensors alone, as <c>torch.save(model.state_dict())</c> writes them.</summary>
    public static void SavePth(string path, ResNeXtModule module)
    {
        using DisposeScope scope = NewDisposeScope();
        var tensors = module.state_dict().Select(pair => (pair.Key, pair.Value)).ToList();
        AtomicFile.Write(path, stream => PthWriter.Write(stream, tensors));
    }

    /// <exception cref="InvalidDataException">The file is damaged, or holds bare weights without a description.</exception>
    public static CheckpointInfo ReadInfo(string path)
    {
        using NetworkWeights weights = NetworkWeights.Open(path);
        return weights.Info ?? throw new InvalidDataException($"'{path}' holds bare weights: expected a checkpoint that `resnext train` wrote.");
    }

    /// <summary>
    /// Copies the file's tensors into the module, strictly: every tensor must be there, of its shape, and no other. Who does not go on with the training
    /// gets the moving average, if the file has one: that is what was validated.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="module">The network.</param>
    /// <param name="state">Receives what <see cref="Save"/> was given as such.</param>
    /// <param name="except">Which tensors of the module stay as they are, whatever the file has; null for none.</param>
    /// <param name="ignore">Patterns of names that are not read.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or holds integers for weights.</exception>
    /// <exception cref="WeightsMismatchException">Tensors are missing, unexpected or of another shape.</exception>
    public static void Load(string path, ResNeXtModule module, IEnumerable<(string Name, Tensor Value)>? state = null, Predicate<string>? except = null, IReadOnlyList<string>? ignore = null)
    {
        using var noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using NetworkWeights weights = NetworkWeights.Open(path, ignore: ignore);
        (string Name, Tensor Value)[] wanted =
        [
            .. module.state_dict().Where(pair => except?.Invoke(pair.Key) is not true).Select(pair => (pair.Key, pair.Value)),
            .. state ?? [],
        ];
        RequireSame(weights, module, wanted, except);
        foreach ((string name, Tensor target) in wanted.Where(pair => weights.Shape(pair.Name) is not null))
        {
            string average = AveragePrefix + name;
            weights.CopyTo(state is null && weights.Shape(average) is long[] shape && shape.SequenceEqual(target.shape) ? average : name, target);
        }
    }

    private static void RequireSame(NetworkWeights weights, ResNeXtModule module, (string Name, Tensor Value)[] wanted, Predicate<string>? except)
    {
        var known = wanted.Select(pair => pair.Name).ToHashSet();
        (string Name, long[] Shape)[] missing =
        [
            // PyTorch counts batches since 0.4.1 only; files of before have no such counters.
            .. wanted.Where(pair => weights.Shape(pair.Name) is null && !pair.Name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
                .Select(pair => (pair.Name, pair.Value.shape)),
        ];
        (string Name, long[] Shape)[] unexpected =
        [
            .. weights.Names.Where(name => !known.Contains(name) && !IsState(name) && except?.Invoke(name) is not true)
                .Select(name => (name, weights.Shape(name)!)),
        ];
        (string Name, long[] Shape, long[] Expected)[] misshaped =
        [
            .. wanted.Select(pair => (pair.Name, Shape: weights.Shape(pair.Name) ?? pair.Value.shape, Expected: pair.Value.shape))
                .Where(tensor => !tensor.Shape.SequenceEqual(tensor.Expected)),
        ];
        if (missing.Length + unexpected.Length + misshaped.Length > 0)
        {
            throw new WeightsMismatchException(weights.Path, $"{module.Architecture.Name} of {module.Classes} classes", missing, unexpected, misshaped);
        }
    }

    /// <summary>Whether a tensor belongs to the last layer.</summary>
    public static bool IsHead(string name) => name.StartsWith("fc.", StringComparison.Ordinal);

    private static bool IsState(string name) => StatePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
