namespace ResNeXt.Training;

/// <summary>A name of Python that a state dict may use. There are no others, and none stands for anything of Python's.</summary>
/// <param name="Name">Module and name.</param>
/// <param name="Element">Of a storage class.</param>
/// <param name="Call">Our own function in its place; null where it cannot be called.</param>
/// <param name="IsInert">Whether it gives an <see cref="InertValue"/>.</param>
internal sealed record PickleGlobal(string Name, ElementType? Element = null, Func<object?[], object?>? Call = null, bool IsInert = false)
{
    private static readonly Dictionary<string, PickleGlobal> All = new PickleGlobal[]
    {
        new("collections.OrderedDict", Call: OrderedDictionary),
        new("torch.Size", Call: arguments => arguments is [object?[] size] ? size : throw Unfit("torch.Size")),
        new("torch._utils._rebuild_tensor", Call: TorchTensor.FromArguments),
        new("torch._utils._rebuild_tensor_v2", Call: TorchTensor.FromArguments),
        new("torch._utils._rebuild_parameter", Call: arguments => arguments is [TorchTensor tensor, ..] ? tensor : throw Unfit("torch._utils._rebuild_parameter")),
    }
    .Concat(InertValue.Classes.Select(name => new InertValue(name)).Select(value => new PickleGlobal(value.Name, Call: _ => value, IsInert: true)))
    .Concat(ElementType.All.Select(type => new PickleGlobal("torch." + type.StorageName, type)))
    .Concat(ElementType.All.Select(type => new PickleGlobal("torch." + type.TorchName)))
    .ToDictionary(known => known.Name);

    /// <exception cref="InvalidDataException">The name is none of ours.</exception>
    public static PickleGlobal Find(string module, string name) => All.TryGetValue($"{module}.{name}", out PickleGlobal? known) ? known : throw Refused(module, name);

    public static InvalidDataException Refused(string module, string name) => new(
        $"it asks for '{module}.{name}', which no file of weights needs; nothing was executed. If you trust its origin, save the weights alone in Python, where its code is: "
        + Cure);

    /// <summary>Lines of Python that take the weights out of a module or of what a script saved with them.</summary>
    internal const string Cure = "import torch; c = torch.load(FILE, weights_only=False); "
        + "c = next((c[k] for k in ('state_dict', 'model_state_dict', 'model', 'net') if k in c), c) if isinstance(c, dict) else c; "
        + "torch.save(c.state_dict() if hasattr(c, 'state_dict') else c, 'weights.pth')";

    /// <summary>Sets pairs of keys and values; as in Python, a later one replaces an earlier. Weights have text for a key: numbers, whose hashes a file can choose, are passed over.</summary>
    public static void Fill(Dictionary<object, object?> dictionary, object?[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw new InvalidDataException("its pickle has a key without a value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            if (items[i] is string key)
            {
                dictionary[key] = items[i + 1];
            }
            else if (items[i] is not (long or bool or double)) // anything else might contain itself
            {
                throw new InvalidDataException("its pickle has a key that is neither text nor number");
            }
        }
    }

    private static Dictionary<object, object?> OrderedDictionary(object?[] arguments)
    {
        var dictionary = new Dictionary<object, object?>();
        if (arguments is [List<object?> pairs]) // Python 2 lists the items here
        {
            foreach (object? pair in pairs)
            {
                Fill(dictionary, pair is IList<object?> { Count: 2 } two ? [two[0], two[1]] : throw Unfit("collections.OrderedDict"));
            }

            pairs.Clear(); // a hostile pickle would have it copied again and again
        }

        return dictionary;
    }

    private static InvalidDataException Unfit(string name) => new($"its pickle calls '{name}' with arguments that do not fit");
}
