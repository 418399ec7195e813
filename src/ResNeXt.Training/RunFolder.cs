namespace ResNeXt.Training;

/// <summary>The folder that a training run writes to. It belongs to one run, until that disposes it or its process ends.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly FileStream _lock;

    /// <summary>Creates the folder and proves that it can be written to, before any time is spent on training.</summary>
    /// <exception cref="IOException">It cannot be written to, another run writes to it, or it holds a run that would be lost.</exception>
    public RunFolder(string directory, bool resume)
    {
        string full = Path.GetFullPath(directory);
        Directory = full;
        Last = Path.Combine(full, "last.safetensors");
        Best = Path.Combine(full, "best.safetensors");
        Model = Path.Combine(full, "model.onnx");
        Report = Path.Combine(full, "report.html");
        FeatureCache = Path.Combine(full, "features");
        _lock = Lock(full, directory);
        Resumes = resume && File.Exists(Last);
        if (!resume && (File.Exists(Last) || File.Exists(Best)))
        {
            Dispose();
            throw new IOException($"'{directory}' holds a training run already: resume it (--resume), or choose another folder.");
        }

        foreach (string pattern in (string[])["*.safetensors", "model.onnx", "report.html", "history.*", "events.*", "features"])
        {
            AtomicFile.RemoveLeftovers(Path.Combine(full, pattern));
        }
    }

    /// <summary>The folder itself, as a full path.</summary>
    public string Directory { get; }

    /// <summary>Weights after the last epoch, with the state of their training.</summary>
    public string Last { get; }

    /// <summary>Weights of the best epoch.</summary>
    public string Best { get; }

    /// <summary>The best epoch, exported.</summary>
    public string Model { get; }

    /// <summary>Where features too many for the memory may lie during the run.</summary>
    public string FeatureCache { get; }

    /// <summary>The page that tells of the run.</summary>
    public string Report { get; }

    /// <summary>There is a run to go on with, and it is wanted.</summary>
    public bool Resumes { get; }

    public void Dispose() => _lock.Dispose();

    /// <summary>Looks whether the run can go on, before anything of it is believed.</summary>
    /// <exception cref="InvalidDataException">The last checkpoint is damaged; the message says which other one is whole.</exception>
    public void RequireWhole()
    {
        if (Damage(Last) is not string damage)
        {
            return;
        }

        string[] kept = [.. System.IO.Directory.GetFiles(Directory, "epoch-*.safetensors").Order(StringComparer.Ordinal).Where(path => Damage(path) is null)];
        string cure = kept.Length > 0 ? $"'{kept[^1]}' is whole: copy it over '{Last}', and resume."
            : File.Exists(Best) && Damage(Best) is null ? $"'{Best}' is whole: begin another run from it (--weights)."
            : "No other checkpoint of the run is whole: begin anew. --keep-checkpoints 3 keeps some.";
        throw new InvalidDataException($"{damage} {cure}");
    }

    /// <summary>What is wrong with a checkpoint; null for nothing.</summary>
    private static string? Damage(string path)
    {
        try
        {
            using WeightsFile file = WeightsFile.Open(path);
            return null;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>Weights after an epoch, with the state of their training.</summary>
    public string OfEpoch(int epoch) => Path.Combine(Directory, FormattableString.Invariant($"epoch-{epoch:0000}.safetensors"));

    /// <summary>Removes the checkpoints of epochs of before the last few.</summary>
    /// <param name="last">The last epoch.</param>
    /// <param name="keep">How many stay; at 1 there are none of ours, and what is there is somebody's.</param>
    public void Prune(int last, int keep)
    {
        for (int epoch = last - keep; keep > 1 && epoch > 0 && File.Exists(OfEpoch(epoch)); epoch--)
        {
            File.Delete(OfEpoch(epoch));
        }
    }

    private static FileStream Lock(string full, string directory)
    {
        FileStream? held;
        try
        {
            WritableFolder.Prove(full);
            held = LockFile.TryTake(Path.Combine(full, ".train.lock"), FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Folder '{directory}' cannot be written to: {exception.Message}", exception);
        }

        return held ?? throw new IOException($"Folder '{directory}' is in use by another training run: wait for its end, or choose another folder.");
    }
}
