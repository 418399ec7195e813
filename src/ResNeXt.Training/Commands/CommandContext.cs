using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ResNeXt.Training;

/// <summary>What every verb shares: <c>--json</c>, where results and logs go, and how a verb is stopped.</summary>
internal sealed class CommandContext : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the output is read by programs and people, not by browsers
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _terminate;

    public CommandContext()
    {
        Console.CancelKeyPress += Stop;
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = Stop());
    }

    public Option<bool> JsonOption { get; } = new("--json") { Description = "Print one JSON object on standard output.", Recursive = true };

    public Option<bool> VerboseOption { get; } = new("--verbose") { Description = "Print the stack trace of a failure.", Recursive = true };

    public CancellationToken Cancellation => _stop.Token;

    /// <summary>Prints a verb's result: as JSON when asked for, else as lines for people, which hold what <see cref="Log"/> lets through.</summary>
    public void Print(ParseResult parse, object result, IEnumerable<string> lines)
    {
        StatusLine.Clear();
        if (parse.GetValue(JsonOption))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, Json));
            return;
        }

        foreach (string line in lines)
        {
            Console.Out.WriteLine(PrintableText.Of(line));
        }
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= Stop;
        _terminate.Dispose();
        _stop.Dispose();
    }

    /// <summary>Writes a line to standard error: what it quotes of a file cannot begin another one.</summary>
    public static void Log(string line)
    {
        StatusLine.Clear();
        string printable = PrintableText.Of(line);
        Console.Error.WriteLine(StatusLine.IsSeen ? WrappedText.Of(printable, StatusLine.Width) : printable);
    }

    /// <summary>Writes a text of ours of several lines.</summary>
    public static void LogText(string text) => Array.ForEach(text.Split('\n'), line => Log(line.TrimEnd('\r')));

    private void Stop(object? sender, ConsoleCancelEventArgs press) => press.Cancel = Stop();

    /// <summary>The first Ctrl+C or SIGTERM stops cleanly, a second one at once.</summary>
    /// <returns>Whether it is the first.</returns>
    private bool Stop()
    {
        bool first = !_stop.IsCancellationRequested;
        _stop.Cancel();
        return first;
    }
}
