using System.CommandLine;
using System.CommandLine.Parsing;

namespace ResNeXt.Training;

/// <summary>What somebody may have meant who mistyped a verb or an option.</summary>
internal static class Suggestion
{
    /// <returns>A sentence with a blank before it; empty where nothing is close.</returns>
    public static string Of(string typed, IEnumerable<string> names) =>
        ClosestNames.To(typed, names).FirstOrDefault() is string close ? $" Did you mean '{close}'?" : "";

    /// <summary>Of a line that begins with no verb; null where it does, or is empty.</summary>
    public static string? OfVerb(ParseResult parse) => parse.CommandResult.Command is RootCommand root && parse.UnmatchedTokens.FirstOrDefault(word => !word.StartsWith('-')) is string verb
        ? NoVerb(verb, root)
        : null;

    /// <summary>What is said of a verb that a command does not have.</summary>
    public static string NoVerb(string verb, Command command) => $"There is no verb '{verb}'.{Of(verb, command.Subcommands.Select(known => known.Name))}";

    /// <summary>For words of a command line that the parser could not place.</summary>
    public static string Of(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        return parse.UnmatchedTokens is not [string word, ..] ? ""
            : word.StartsWith('-') ? Of(word, OptionsOf(command).Select(option => option.Name))
            : Of(word, command.Subcommands.Select(verb => verb.Name));
    }

    private static IEnumerable<Option> OptionsOf(Command command) => command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)));
}
