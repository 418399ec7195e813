namespace ResNeXt.Training;

/// <summary>
/// What training scripts save beside the weights, options and counters for one: an object of Python's of which nothing but its class is kept. It was never made, and what would
/// have been in it is dropped.
/// </summary>
/// <param name="Name">Module and class.</param>
internal sealed record InertValue(string Name)
{
    /// <summary>What pickles of protocol 4 make without naming a class.</summary>
    public static InertValue Set { get; } = new("builtins.set");

    /// <summary>The classes. All are data, none needs code to be read past.</summary>
    public static IReadOnlyList<string> Classes { get; } =
    [
        "argparse.Namespace", "types.SimpleNamespace", "collections.Counter", "collections.defaultdict", "collections.deque",
        "builtins.set", "builtins.frozenset", "builtins.complex", "builtins.bytearray", "builtins.slice", "builtins.range", "builtins.int", "builtins.float", "builtins.list", "builtins.dict",
        "__builtin__.set", "__builtin__.frozenset", "__builtin__.complex", "__builtin__.bytearray", "__builtin__.slice", "__builtin__.xrange", "__builtin__.int", "__builtin__.long", "__builtin__.float", "__builtin__.list", "__builtin__.dict",
        "_codecs.encode", "datetime.datetime", "datetime.date", "datetime.timedelta", "datetime.timezone", "uuid.UUID", "decimal.Decimal",
        "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.WindowsPath", "pathlib.PureWindowsPath",
        "pathlib._local.Path", "pathlib._local.PosixPath", "pathlib._local.PurePosixPath", "pathlib._local.WindowsPath", "pathlib._local.PureWindowsPath",
        "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct", "numpy.core.numeric._frombuffer", "numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct", "numpy._core.numeric._frombuffer",
        "torch.device", "torch.torch_version.TorchVersion",
    ];
}
