using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext summary</c>: size and cost of a network, layer by layer.</summary>
internal static class SummaryCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string?> arch = CommandOptions.Architecture($"Architecture: {string.Join(", ", ResNeXtArchitecture.Known)}, or resnext{{depth}}_{{C}}x{{d}}d[_cifar].", required: true);
        Option<int?> imageSize = CommandOptions.Integer("--image-size", "N", "Edge of the network's input in pixels (default 224; 32 with the CIFAR stem).");
        Option<int?> classes = CommandOptions.Classes("Number of classes (default 1000; 10 with the CIFAR stem).");
        imageSize.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is int size and (< 1 or > 65536))
            {
                result.AddError($"--image-size is {size}: expected 1 to 65536.");
            }
        });

        var command = new Command("summary", "Count a network's parameters and multiply-adds.") { arch, imageSize, classes };
        command.SetAction(parse => Run(context, parse, parse.GetRequiredValue(arch)!, parse.GetValue(imageSize), parse.GetValue(classes)));
        return command;
    }

    private static int Run(CommandContext context, ParseResult parse, string name, int? imageSize, int? classes)
    {
        ResNeXtArchitecture architecture = ResNeXtArchitecture.Parse(name);
        var summary = ArchitectureSummary.Of(
            architecture, imageSize ?? architecture.DefaultImageSize, classes ?? (architecture.Stem == ResNeXtStem.Cifar ? 10 : 1000));
        context.Print(
            parse,
            new { summary.Parameters, summary.MultiplyAdds, summary.Layers },
            [
                .. summary.Layers.Select(layer => FormattableString.Invariant(
                    $"{layer.Name,-22} {string.Join('x', layer.Output),-14} {layer.Parameters,12:N0} {layer.MultiplyAdds,16:N0}")),
                FormattableString.Invariant($"{"in all: parameters, multiply-adds",-37} {summary.Parameters,12:N0} {summary.MultiplyAdds,16:N0}"),
            ]);
        return 0;
    }
}
