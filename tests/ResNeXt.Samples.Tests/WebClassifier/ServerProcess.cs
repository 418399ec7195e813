using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace ResNeXt.Samples.Tests;

/// <summary>The web sample as a process of its own, on a free port of the loopback interface.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(IEnumerable<string> settings)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [SampleFiles.Assembly("WebClassifier"), "--urls", "http://127.0.0.1:0", .. settings])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>What it has written so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Memory that it has now, in bytes.</summary>
    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The most memory that it has ever had, in bytes.</summary>
    public long PeakWorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <param name="settings">Arguments such as <c>--Model:File=model.onnx</c>.</param>
    /// <exception cref="InvalidOperationException">It did not start; the message holds what it wrote.</exception>
    public static async Task<ServerProcess> StartAsync(params IEnumerable<string> settings)
    {
        var server = new ServerProcess(settings);
        Task first = await Task.WhenAny(server._address.Task, server._process.WaitForExitAsync(), Task.Delay(Patience));
        if (first != server._address.Task)
        {
            string log = server.Log;
            await server.DisposeAsync();
            throw new InvalidOperationException($"The server did not start: {log}");
        }

        server.Client.BaseAddress = await server._address.Task;
        return server;
    }

    /// <summary>Waits until the log says something.</summary>
    public async Task WaitForLogAsync(string text)
    {
        var clock = Stopwatch.StartNew();
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"The server did not write '{text}' but: {Log}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Asks it to end, as the system does, and waits.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using Process kill = Process.Start("sh", ["-c", FormattableString.Invariant($"kill -TERM {_process.Id}")]);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();

    private void Read(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }

        if (line is not null && Listening().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }
}
