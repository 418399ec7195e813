using System.Diagnostics;
using Spectre.Console;

namespace ResNeXt.Training;

/// <summary>How a download looks on standard error: a live bar for people at a terminal, a line now and then elsewhere.</summary>
internal static class DownloadDisplay
{
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(30);

    public static Task<T> ShowAsync<T>(string name, Func<Action<string>, Action<long, long?>, Task<T>> download) =>
        Console.IsErrorRedirected ? download(CommandContext.Log, Lines(name)) : BarAsync(name, download);

    private static Action<long, long?> Lines(string name)
    {
        var sinceLine = Stopwatch.StartNew();
        return (have, total) =>
        {
            if (sinceLine.Elapsed > QuietInterval)
            {
                CommandContext.Log(FormattableString.Invariant($"{name}: {have / 1e6:F0}{(total is null ? "" : $" of {total / 1e6:F0}")} MB"));
                sinceLine.Restart();
            }
        };
    }

    private static Task<T> BarAsync<T>(string name, Func<Action<string>, Action<long, long?>, Task<T>> download)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(name));
                task.IsIndeterminate = true;
                return download(
                    line => console.MarkupLineInterpolated($"{line}"),
                    (have, total) =>
                    {
                        task.IsIndeterminate = total is null;
                        task.MaxValue = total ?? double.MaxValue;
                        task.Value = have;
                    });
            });
    }
}
