using System.CommandLine;

namespace ResNeXt.Training;

/// <summary>The command and its verbs.</summary>
internal static class CommandLine
{
    public static RootCommand Create(CommandContext context) => new("ResNeXt for .NET: train on a folder of images, export to ONNX, featurize, predict, evaluate.")
    {
        context.JsonOption,
        context.VerboseOption,
        TrainCommand.Create(context),
        EvaluateCommand.Create(context),
        PredictCommand.Create(context),
        FeaturizeCommand.Create(context),
        ManifestCommand.Create(context),
        MergeCommand.Create(context),
        ExportCommand.Create(context),
        SummaryCommand.Create(context),
        WeightsCommand.Create(context),
        BenchCommand.Create(context),
        DoctorCommand.Create(context),
    };
}
