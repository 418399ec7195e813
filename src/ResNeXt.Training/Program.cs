using System.CommandLine;
using ResNeXt.Training;

using var context = new CommandContext();
context.StopOnCtrlC();
var root = new RootCommand("ResNeXt for .NET: train on a folder of images, export to ONNX, featurize, predict, evaluate.")
{
    context.JsonOption,
    context.VerboseOption,
    TrainCommand.Create(context),
    EvaluateCommand.Create(context),
    PredictCommand.Create(context),
    FeaturizeCommand.Create(context),
    ExportCommand.Create(context),
    SummaryCommand.Create(context),
    DoctorCommand.Create(context),
};

ParseResult parse = root.Parse(args);
if (parse.Errors.Count > 0)
{
    CommandContext.Log($"error: {string.Join(" ", parse.Errors.Select(error => error.Message))}");
    CommandContext.Log("See --help.");
    return ExitCode.Usage;
}

try
{
    return parse.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
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
    CommandContext.Log($"error: {string.Join(' ', exception.Message.Split('\n', StringSplitOptions.TrimEntries))}");
    if (parse.GetValue(context.VerboseOption))
    {
        CommandContext.Log(exception.ToString());
    }

    return exception is ArgumentException ? ExitCode.Usage : ExitCode.Failure;
}
