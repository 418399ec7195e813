using System.CommandLine;
using System.CommandLine.Help;

namespace ResNeXt.Training;

/// <summary>The command and its verbs.</summary>
internal static class CommandLine
{
    public static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand("Train a ResNeXt on a folder of photos, export it to ONNX, and classify, sort and featurize photos with it.")
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
        root.Add(HelpCommand.Create(root));
        root.Options.OfType<HelpOption>().Single().Action = new HelpPage();
        return root;
    }
}
