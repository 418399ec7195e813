namespace ResNeXt.Training;

/// <summary>The weights of the network inside ResNeXt.MLNet as they were trained, in float: something to fine-tune without a download.</summary>
internal static class EmbeddedWeights
{
    /// <summary>What <c>--weights</c> calls them.</summary>
    public const string Name = "resnext29_8x8d_small.distilled";

    private const string FileName = Name + ".safetensors";

    /// <summary>What the embedded network was called before.</summary>
    private const string Former = "resnext20_8x8d_small.cifar10";

    /// <summary>What took the place of an embedded network of before; null for any other name.</summary>
    public static string? Successor(string name) => name == Former
        ? $"'{Former}' is no longer part of this package: --weights {Name} starts from the network that took its place, and a copy of the old file still works by its path."
        : null;

    /// <summary>Puts them into a folder, unless they are there.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static string Unpack(string folder)
    {
        string path = Path.Combine(folder, FileName);
        using Stream resource = typeof(EmbeddedWeights).Assembly.GetManifestResourceStream(FileName)!;
        if (!IsSame(path, resource))
        {
            Directory.CreateDirectory(folder);
            resource.Position = 0;
            AtomicFile.Write(path, resource.CopyTo);
        }

        return path;
    }

    /// <summary>What a folder has may be of another version, or damaged.</summary>
    private static bool IsSame(string path, Stream resource) =>
        File.Exists(path) && new FileInfo(path).Length == resource.Length && FileDigest.Of(path) == FileDigest.Of(resource);
}
