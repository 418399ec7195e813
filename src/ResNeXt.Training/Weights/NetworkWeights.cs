using System.IO.Enumeration;
using System.Text.RegularExpressions;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// A file of weights under the network's own names, on which torchvision and timm agree. What training scripts put before them
/// is taken off: <c>module.</c> (DataParallel), <c>_orig_mod.</c> (torch.compile), <c>backbone.</c>, <c>model.</c>, also nested, and any other that stands before all
/// blocks. A last layer of another usual name is read as <c>fc</c>.
/// </summary>
internal sealed partial class NetworkWeights : IDisposable
{
    /// <summary>What PyTorch's AveragedModel counts beside the weights that it averages.</summary>
    private const string AveragedCount = "n_averaged";

    /// <summary>A tensor that every network of the family has.</summary>
    private const string FirstBlock = "layer1.0.conv1.weight";

    private readonly WeightsFile _file;
    private readonly Dictionary<string, string> _names = []; // the network's name -> the file's

    private NetworkWeights(WeightsFile file, Action<string>? log, IReadOnlyList<string> ignore)
    {
        _file = file;
        Info = CheckpointInfo.FromMetadata(file.Metadata, file.Path);
        foreach (string note in file.Notes)
        {
            log?.Invoke(note);
        }

        var taken = new Dictionary<string, int>();
        string[] ignored = [.. file.Names.Where(name => ignore.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)))];
        if (ignored.Length > 0)
        {
            log?.Invoke($"'{Path}': {ignored.Length} of {file.Names.Count} tensors are ignored as told, '{ignored[0]}' for one.");
        }

        foreach (string name in file.Names.Except(ignored).Where(name => name != AveragedCount))
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

        TakeOffPrefix(log);
        ReadHead(log);
        if (Info is null && _names.Keys.Any(name => name.StartsWith(Checkpoint.AveragePrefix, StringComparison.Ordinal)))
        {
            log?.Invoke($"'{Path}': the averaged weights are taken, those under '{Checkpoint.AveragePrefix}'; --ignore \"{Checkpoint.AveragePrefix}*\" takes the others.");
        }
    }

    public string Path => _file.Path;

    /// <summary>What a checkpoint of ours says of itself; null for weights of another origin.</summary>
    public CheckpointInfo? Info { get; }

    public IReadOnlyCollection<string> Names => _names.Keys;

    /// <param name="path">The file, of any format that <see cref="WeightsFile"/> knows.</param>
    /// <param name="log">Told what was taken off the names.</param>
    /// <param name="ignore">Patterns of names (<c>criterion.*</c>) that are not read.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds more than one network.</exception>
    public static NetworkWeights Open(string path, Action<string>? log = null, IReadOnlyList<string>? ignore = null)
    {
        WeightsFile file = WeightsFile.Open(path);
        try
        {
            return new NetworkWeights(file, log, ignore ?? []);
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

    /// <summary>The name of the owner's own module before all blocks: <c>resnet.</c>, <c>encoder.</c>.</summary>
    private void TakeOffPrefix(Action<string>? log)
    {
        if (_names.ContainsKey(FirstBlock))
        {
            return;
        }

        string[] prefixes = [.. _names.Keys.Where(name => name.EndsWith($".{FirstBlock}", StringComparison.Ordinal)).Select(name => name[..^FirstBlock.Length]).Order(StringComparer.Ordinal)];
        if (prefixes.Length > 1)
        {
            throw new InvalidDataException(
                $"'{Path}' holds more than one network: {string.Join(", ", prefixes.Select(prefix => $"'{prefix}'"))}. Leave all but one aside, --ignore \"{prefixes[^1]}*\" for one.");
        }

        foreach (string prefix in prefixes)
        {
            string[] under = [.. _names.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !_names.ContainsKey(name[prefix.Length..]))];
            Array.ForEach(under, name => Rename(name, name[prefix.Length..]));
            log?.Invoke($"'{Path}': '{prefix}' is taken off {under.Length} of {_file.Names.Count} names.");
        }
    }

    /// <summary>The last layer, where it is alone and has another name: behind dropout, in timm, in MMPretrain.</summary>
    private void ReadHead(Action<string>? log)
    {
        if (_names.ContainsKey("fc.weight"))
        {
            return;
        }

        string[] heads = [.. _names.Keys.Where(name => Heads().IsMatch(name) && Shape(name)!.Length == 2)];
        if (heads is [string head])
        {
            string layer = head[..^".weight".Length];
            Rename(head, "fc.weight");
            if (_names.ContainsKey($"{layer}.bias"))
            {
                Rename($"{layer}.bias", "fc.bias");
            }

            log?.Invoke($"'{Path}': '{layer}' is read as the last layer, fc.");
        }
    }

    private void Rename(string from, string to)
    {
        _names.Remove(from, out string? inFile);
        _names[to] = inFile!;
    }

    [GeneratedRegex(@"^(?:(?:module|_orig_mod|backbone|model)\.)*", RegexOptions.CultureInvariant)]
    private static partial Regex Wrappers();

    [GeneratedRegex(@"^(?:fc\.[0-9]+|(?:cls_)?head(?:\.fc|\.[0-9]+)?|classifier(?:\.[0-9]+)?|last_linear|linear|logits|output)\.weight\z", RegexOptions.CultureInvariant)]
    private static partial Regex Heads();
}
