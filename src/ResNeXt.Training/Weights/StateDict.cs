namespace ResNeXt.Training;

/// <summary>The weights among what was saved.</summary>
/// <param name="Tensors">By name, in the order of the file.</param>
/// <param name="Notes">What was chosen and what was left aside, a sentence each.</param>
internal sealed record StateDict(Dictionary<string, TorchTensor> Tensors, IReadOnlyList<string> Notes)
{
    /// <summary>
    /// Where training scripts put the weights. The averaged ones (EMA) come first: they are what the scripts of torchvision and timm
    /// evaluate and publish, and whoever saved both can take the others out in Python.
    /// </summary>
    private static readonly string[] Places = ["model_ema", "state_dict_ema", "ema_state_dict", "ema", "state_dict", "model_state_dict", "model", "net"];

    /// <exception cref="InvalidDataException">There are no tensors; the message is to follow a colon.</exception>
    public static StateDict Find(object? root)
    {
        if (root is not Dictionary<object, object?> top)
        {
            throw new InvalidDataException($"it holds {(root is TorchTensor ? "a single tensor" : "no dictionary")}, expected a dictionary of tensors by name");
        }

        string[] found = [.. Places.Where(place => top.GetValueOrDefault(place) is Dictionary<object, object?> inner && inner.Values.Any(value => value is TorchTensor))];
        var chosen = found.Length > 0 ? (Dictionary<object, object?>)top[found[0]]! : top;
        var tensors = chosen.Where(pair => pair is { Key: string, Value: TorchTensor }).ToDictionary(pair => (string)pair.Key, pair => (TorchTensor)pair.Value!);
        if (tensors.Count == 0)
        {
            throw new InvalidDataException($"it holds no tensors by name, neither at its top ({Listed(top.Keys)}) nor under {string.Join(", ", Places)}");
        }

        List<string> notes = [];
        if (found.Length > 0)
        {
            string others = found.Length > 1 ? $"; left aside: {Listed(found[1..])}" : "";
            notes.Add($"The weights are those under '{found[0]}'{others}.");
        }

        if (chosen.Count > tensors.Count)
        {
            notes.Add($"Ignored, being no tensors: {Listed(chosen.Where(pair => pair is not { Key: string, Value: TorchTensor }).Select(pair => pair.Key))}.");
        }

        return new StateDict(tensors, notes);
    }

    private static string Listed(IEnumerable<object> keys)
    {
        string[] first = [.. keys.Take(6).Select(key => FormattableString.Invariant($"'{key}'"))];
        return first.Length == 0 ? "which is empty" : string.Join(", ", first.Take(5)) + (first.Length > 5 ? " and more" : "");
    }
}
