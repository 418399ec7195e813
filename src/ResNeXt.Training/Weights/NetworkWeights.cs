using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// A file of weights under the network's own names, on which torchvision and timm agree. What training scripts put before them
/// is taken off: <c>module.</c> (DataParallel), <c>_orig_mod.</c> (torch.compile), <c>backbone.</c>, <c>model.</c>, also nested.
/// </summary>
internal sealed partial class NetworkWeights : IDisposable
{
    /// <summary>What PyTorch's AveragedModel counts beside the weights that it averages.</summary>
    private const string AveragedCount = "n_averaged";

    private readonly WeightsFile _file;
    private readonly Dictionary<string, string> _names = []; // the network's name -> the file's

    private NetworkWeights(WeightsFile file, Action<string>? log)
    {
        _file = file;
        Info = CheckpointInfo.FromMetadata(file.Metadata, file.Path);
        foreach (string note in file.Notes)
        {
            log?.Invoke(note);
        }

        var taken = new Dictionary<string, int>();
        foreach (string name in file.Names.Where(name => name != AveragedCount))
        {
            string prefix = Wrappers().Match(name).Value;
            if (!_names.TryAdd(name[prefix.Length..], name))
            {
                throw new InvalidDataException(
                    $"'{Path}' holds more than one network: '{_names[name[prefix.Length..]]}' and '{name}' are the same tensor. Save the one that is meant by itself.");
            }

            taken[prefix] = taken.GetValueOrDefault(prefix) + 1;
        }

        foreach ((string prefix, int count) in taken.Where(pair => pair.Key.Length > 0))
        {
            log?.Invoke($"'{Path}': '{prefix}' is taken off {count} of {file.Names.Count} names.");
        }
    }

    public string Path => _file.Path;

    /// <summary>What a checkpoint of ours says of itself; null for weights of another origin.</summary>
    public CheckpointInfo? Info { get; }

    public IReadOnlyCollection<string> Names => _names.Keys;

    /// <param name="path">The file, of any format that <see cref="WeightsFile"/> knows.</param>
    /// <param name="log">Told what was taken off the names.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds more than one network.</exception>
    public static NetworkWeights Open(string path, Action<string>? log = null)
    {
        WeightsFile file = WeightsFile.Open(path);
        try
        {
            return new NetworkWeights(file, log);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Shape of a tensor; null when there is none of that name.</summary>
    public long[]? Shape(string name) => _names.TryGetValue(name, out string? inFile) ? _file.Shape(inFile) : null;

    /// <summary>Reads a tensor into one of its shape, converting float16, bfloat16 and float64.</summary>
    public void CopyTo(string name, Tensor target)
    {
        using Tensor value = _file.Read(_names[name]);
        if (target.is_floating_point() && !value.is_floating_point())
        {
            throw new InvalidDataException($"'{Path}' holds '{_names[name]}' as {value.dtype}: expected floating-point numbers. Quantized weights cannot be read.");
        }

        target.copy_(value);
    }

    public void Dispose() => _file.Dispose();

    [GeneratedRegex(@"^(?:(?:module|_orig_mod|backbone|model)\.)*", RegexOptions.CultureInvariant)]
    private static partial Regex Wrappers();
}
