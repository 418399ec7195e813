using System.Diagnostics;
using System.Globalization;

namespace ResNeXt.Benchmarks;

/// <summary>A Python script of this benchmark in a process of its own, which waits between two passes over its files.</summary>
internal sealed class PythonPasses : IDisposable
{
    private readonly Process _process;

    /// <summary>What RESNEXT_PYTHON names: a Python with torch and torchvision; null where there is none to compare with.</summary>
    public static string? Python { get; } = Environment.GetEnvironmentVariable("RESNEXT_PYTHON") is { Length: > 0 } python ? python : null;

    /// <param name="python">A Python with torchvision.</param>
    /// <param name="script">Name of the script beside this program.</param>
    /// <param name="files">The photos.</param>
    private PythonPasses(string python, string script, IEnumerable<string> files) =>
        _process = Process.Start(new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, script), .. files])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

    /// <returns>Null unless RESNEXT_PYTHON names a Python.</returns>
    public static PythonPasses? Start(string script, IEnumerable<string> files) =>
        Python is null ? null : new PythonPasses(Python, script, files);

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
