namespace ResNeXt.Training;

/// <summary>The folder that a training run writes to.</summary>
internal sealed class RunFolder
{
    /// <summary>Creates the folder and proves that it can be written to, before any time is spent on training.</summary>
    /// <exception cref="IOException">It cannot be written to, or holds a run that would be lost.</exception>
    public RunFolder(string directory, bool resume)
    {
        string full = Path.GetFullPath(directory);
        Last = Path.Combine(full, "last.safetensors");
        Best = Path.Combine(full, "best.safetensors");
        Model = Path.Combine(full, "model.onnx");
        try
        {
            WritableFolder.Prove(full);
            foreach (string file in (string[])[Last, Best, Model])
            {
                AtomicFile.RemoveLeftovers(file);
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

    /// <summary>Weights after the last epoch, with the state of their training.</summary>
    public string Last { get; }

    /// <summary>Weights of the best epoch.</summary>
    public string Best { get; }

    /// <summary>The best epoch, exported.</summary>
    public string Model { get; }

    /// <summary>There is a run to go on with, and it is wanted.</summary>
    public bool Resumes { get; }
}
