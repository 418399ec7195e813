namespace ResNeXt.Training;

/// <summary>The folder that a training run writes to.</summary>
internal sealed class RunFolder
{
    /// <summary>Creates the folder and proves that it can be written to, before any time is spent on training.</summary>
    /// <exception cref="IOException">It cannot be written to, or holds a run that would be lost.</exception>
    public RunFolder(string directory, bool resume)
    {
        string full = Path.GetFullPath(directory);
        Directory = full;
        Last = Path.Combine(full, "last.safetensors");
        Best = Path.Combine(full, "best.safetensors");
        Model = Path.Combine(full, "model.onnx");
        Report = Path.Combine(full, "report.html");
        try
        {
            WritableFolder.Prove(full);
            foreach (string pattern in (string[])["*.safetensors", "model.onnx", "report.html", "history.*", "events.*"])
            {
                AtomicFile.RemoveLeftovers(Path.Combine(full, pattern));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Folder '{directory}' cannot be written to: {exception.Message}", exception);
        }

        bool holdsRun = File.Exists(Last);
        Resumes = resume && holdsRun;
        if (holdsRun && !resume)
        {
            throw new IOException($"'{directory}' holds a training run already: resume it (--resume), or choose another folder.");
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

    /// <summary>The page that tells of the run.</summary>
    public string Report { get; }

    /// <summary>There is a run to go on with, and it is wanted.</summary>
    public bool Resumes { get; }

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
}
