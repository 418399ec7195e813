using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;

namespace ResNeXt.Training;

/// <summary>What <c>--help</c> shows: how a verb is typed, its options in groups, examples. It fits the terminal.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const string Tool = "resnext";
    private const int Widest = 110;
    private const int OptionColumn = 30;
    private const int VerbColumn = 14;

    /// <summary>Who asks for help has not finished the line.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Show(parseResult.CommandResult.Command);
        return 0;
    }

    public static void Show(Command command) => Console.Out.Write(Of(command, Math.Min(StatusLine.Width, Widest)));

    /// <param name="command">The command or a verb.</param>
    /// <param name="width">Characters of a line.</param>
    public static string Of(Command command, int width)
    {
        var page = new StringBuilder();
        string name = Path(command);
        Wrap(page, $"{name}: {command.Description}", width, 0, 0);
        page.Append("\nUsage:\n");
        Wrap(page, Usage(name, command), width, 2, name.Length + 3);
        Section(page, "Verbs", command.Subcommands.Where(verb => !verb.Hidden).Select(verb => (verb.Name, verb.Description)), VerbColumn, width);
        Section(page, "Arguments", command.Arguments.Select(argument => (argument.Name, argument.Description)), OptionColumn, width);
        var verb = command as Verb;
        Option[] grouped = [.. verb?.Groups.SelectMany(group => group.Options) ?? []];
        Option[] own = [.. command.Options.Where(option => !option.Hidden && !option.Recursive).Except(grouped)];
        Section(page, grouped.Length > 0 ? "Basic options" : "Options", own.Select(Row), OptionColumn, width);
        foreach ((string title, IReadOnlyList<Option> options) in verb?.Groups ?? [])
        {
            Section(page, title, options.Select(Row), OptionColumn, width);
        }

        Section(page, "With every verb", Everywhere(command).Select(Row), OptionColumn, width);
        if (verb?.Examples.Count > 0)
        {
            page.Append("\nExamples:\n");
            foreach (string example in verb.Examples)
            {
                Wrap(page, $"{Tool} {example}", width, 2, 6);
            }
        }

        if (command.Subcommands.Count > 0)
        {
            page.Append($"\n`{name} VERB --help` tells more of a verb.\n");
        }

        return page.ToString();
    }

    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is Command parent ? $"{Path(parent)} {command.Name}" : Tool;

    private static IEnumerable<Option> Everywhere(Command command) =>
        command.Options.Where(option => option.Recursive && !option.Hidden).Concat(command.Parents.OfType<Command>().SelectMany(Everywhere));

    private static string Usage(string name, Command command) => string.Join(
        ' ',
        [
            name,
            .. command.Subcommands.Count > 0 ? ["VERB"] : Array.Empty<string>(),
            .. command.Options.Where(option => option.Required).Select(Label),
            "[options]",
            .. command.Arguments.Select(argument => argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}..." : argument.Name),
        ]);

    private static string Label(Option option) => option.HelpName is string value ? $"{option.Name} {value}" : option.Name;

    private static (string Label, string? Description) Row(Option option) => (Label(option), option.Description);

    private static void Section(StringBuilder page, string title, IEnumerable<(string Label, string? Description)> rows, int column, int width)
    {
        bool first = true;
        foreach ((string label, string? description) in rows)
        {
            page.Append(first ? $"\n{title}:\n" : "");
            first = false;
            bool beside = label.Length + 4 <= column;
            page.Append("  ").Append(beside ? label.PadRight(column - 2) : label + "\n");
            Wrap(page, description ?? "", width, beside ? 0 : column, column, taken: beside ? column : 0);
        }
    }

    /// <summary>Writes words, a line after another.</summary>
    private static void Wrap(StringBuilder page, string text, int width, int indent, int next, int taken = 0) =>
        page.Append(' ', indent).Append(WrappedText.Of(text, width - 1, next, indent + taken)).Append('\n');
}
