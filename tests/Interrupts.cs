using System.Diagnostics;
using System.Globalization;

namespace ResNeXt.Tests;

/// <summary>Signals to programs under test, and their ends.</summary>
internal static class Interrupts
{
    /// <summary>Sends INT (Ctrl+C) or TERM.</summary>
    public static async Task SendAsync(Process process, string signal = "INT")
    {
        using Process kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {process.Id}")]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end of a process, and kills it when that does not come: it must not outlive its test.</summary>
    public static async Task EndWithinAsync(Process process, TimeSpan time)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(time);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>A process that ignores Ctrl+C hands that on to its children: under nohup, or as a background job of a script.</summary>
    public static void SkipWhereIgnored()
    {
        const string Field = "SigIgn:", Status = "/proc/self/status";
        string? mask = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        bool ignored = mask is not null && (ulong.Parse(mask.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0b10) != 0; // SIGINT is the second
        Assert.SkipWhen(ignored, "The tests run where Ctrl+C is ignored, and so do their children.");
    }
}
