using ResNeXt.Fuzz.Targets;

namespace ResNeXt.Fuzz;

/// <summary>What is fuzzed, by name.</summary>
internal static class FuzzTargets
{
    private static readonly Dictionary<string, Func<IFuzzTarget>> All = new()
    {
        ["images"] = () => new Images(),
        ["models"] = () => new Models(),
        ["weights"] = () => new Weights(),
        ["manifests"] = () => new Manifests(),
        ["parts"] = () => new Parts(),
        ["zips"] = () => new Zips(),
    };

    public static IReadOnlyCollection<string> Names => All.Keys;

    private static readonly string Root = Above(AppContext.BaseDirectory);

    /// <summary>Where small files of each format lie, beside their tests.</summary>
    public static string Tests { get; } = Path.Combine(Root, "tests");

    public static IFuzzTarget Create(string name) => All[name]();

    /// <summary>Files that were faults once.</summary>
    public static IEnumerable<byte[]> Corpus(string name)
    {
        string folder = Path.Combine(Root, "fuzz", "ResNeXt.Fuzz", "Corpus", name);
        return Directory.Exists(folder) ? Files(folder) : [];
    }

    public static IEnumerable<byte[]> Files(string folder) => Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    private static string Above(string folder) => File.Exists(Path.Combine(folder, "ResNeXt.sln"))
        ? folder
        : Above(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The program does not lie in the repository."));
}
