using System.CommandLine;
using System.Text;
using ResNeXt.Training;

if (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is not null)
{
    Environment.SetEnvironmentVariable("TERM", "dumb"); // mpirun hands out pseudo-terminals whatever it writes to itself: no control sequences
}

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false); // JSON is UTF-8 whatever the console's code page
using var context = new CommandContext();
ParseResult parse = CommandLine.Create(context).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }); // @list.txt is a list of photos, not of arguments
if (parse.Errors.Count > 0)
{
    CommandContext.Log($"error: {Suggestion.OfVerb(parse) ?? string.Join(" ", parse.Errors.Select(error => error.Message)) + Suggestion.Of(parse)} See --help.");
    return ExitCode.Usage;
}

try
{
    int code = parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    return context.Cancellation.IsCancellationRequested ? ExitCode.Cancelled : code;
}
catch (OperationCanceledException) when (context.Cancellation.IsCancellationRequested)
{
    CommandContext.Log("stopped");
    return ExitCode.Cancelled;
}
#pragma warning disable CA1031 // the boundary of the program: every failure becomes one line and an exit code
catch (Exception exception)
#pragma warning restore CA1031
{
    if (exception is WeightsMismatchException mismatch)
    {
        CommandContext.LogText(mismatch.Differences); // before the verdict, which stays the last thing on the screen
    }

    CommandContext.Log($"error: {FailureMessage.Of(exception)}");
    if (parse.GetValue(context.VerboseOption))
    {
        CommandContext.LogText(exception.ToString());
    }

    return exception is UsageException ? ExitCode.Usage : ExitCode.Failure;
}
