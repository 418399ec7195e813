using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// An opened file of weights. Opening checks it whole and takes no memory for tensors; each tensor is read when it is asked for, so
/// that one at a time is in memory. Nothing in a file is executed.
/// </summary>
internal abstract class WeightsFile(string path) : IDisposable
{
    /// <summary>Where it came from, for messages.</summary>
    public string Path { get; } = path;

    /// <summary>Free text pairs of the header, where the format has one.</summary>
    public virtual IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>For people: which part of a nested checkpoint was taken, what was ignored. A sentence each.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>Names of the tensors, as they stand in the file.</summary>
    public abstract IReadOnlyCollection<string> Names { get; }

    /// <summary>Opens a file of any format that is known; its content decides, not its extension.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is of no known format, is damaged, or asks for something that a file of weights must not.</exception>
    public static WeightsFile Open(string path) => Directory.Exists(path)
        ? throw new InvalidDataException($"'{path}' is a folder: expected a file of weights, such as best.safetensors in the folder of a training run.")
        : WeightsFormat.Open(path);

    /// <summary>Shape of a tensor.</summary>
    public abstract long[] Shape(string name);

    /// <summary>Reads one tensor into new, contiguous memory of the file's own element type.</summary>
    /// <exception cref="InvalidDataException">The file is damaged there, or has become shorter.</exception>
    public Tensor Read(string name)
    {
        try
        {
            return ReadTensor(name);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"'{name}' of '{Path}' cannot be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract Tensor ReadTensor(string name);

    protected abstract void Dispose(bool disposing);
}
