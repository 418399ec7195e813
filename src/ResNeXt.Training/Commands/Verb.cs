using System.CommandLine;

namespace ResNeXt.Training;

/// <summary>A verb of the command, with what its help shows beside its options.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">What it does, in a sentence.</param>
/// <param name="examples">Lines to type, without <c>resnext</c>.</param>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    private readonly List<(string Title, IReadOnlyList<Option> Options)> _groups = [];

    public IReadOnlyList<string> Examples => examples;

    /// <summary>Options that belong together; the others come first.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<Option> Options)> Groups => _groups;

    /// <summary>Adds options as a group of the help.</summary>
    public void AddGroup(string title, params Option[] options)
    {
        _groups.Add((title, options));
        foreach (Option option in options)
        {
            Options.Add(option);
        }
    }
}
