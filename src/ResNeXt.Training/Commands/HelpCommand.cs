using System.CommandLine;

namespace ResNeXt.Training;

/// <summary><c>resnext help</c>: what <c>--help</c> shows.</summary>
internal static class HelpCommand
{
    /// <param name="root">The command whose verbs it knows.</param>
    public static Command Create(Command root)
    {
        var verbs = new Argument<string[]>("VERB") { Description = "A verb, or two words of one: weights pull.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Verb("help", "Show how a verb is used.", "help train", "help weights pull") { verbs };
        command.SetAction(parse =>
        {
            Command shown = root;
            foreach (string word in parse.GetValue(verbs) ?? [])
            {
                shown = shown.Subcommands.FirstOrDefault(verb => verb.Name == word)
                    ?? throw new UsageException(Suggestion.NoVerb(word, shown));
            }

            HelpPage.Show(shown);
        });
        return command;
    }
}
