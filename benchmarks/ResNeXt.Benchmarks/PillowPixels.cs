using System.Diagnostics;
using System.Globalization;

namespace ResNeXt.Benchmarks;

/// <summary>Pillow + torchvision in a process of their own, which waits between two passes.</summary>
internal sealed class PillowPixels : IDisposable
{
    private readonly Process _process;

    /// <param name="python">A Python with torchvision.</param>
    /// <param name="files">The photos.</param>
    public PillowPixels(string python, IEnumerable<string> files) =>
        _process = Process.Start(new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "pillow_pixels.py"), .. files])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

    /// <summary>Seconds for one pass over the photos, as Python takes them.</summary>
    public double Pass()
    {
        _process.StandardInput.WriteLine();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidDataException($"'{_process.StartInfo.FileName}' ended: expected a Python with torchvision.");
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close(); // the end of its input ends it
        _process.WaitForExit();
        _process.Dispose();
    }
}
