using System.CommandLine;
using System.CommandLine.Parsing;

namespace ResNeXt.Training;

/// <summary>The option of a verb that can do one of many shards of its work.</summary>
internal sealed class ShardArguments
{
    private readonly Option<string?> _shard = CommandOptions.Text("--shard", "i/n|auto|auto/n", "Do shard i of n (from 0) and write it to the folder --output; auto asks Slurm, Kubernetes or Open MPI.");

    public ShardArguments() => _shard.Validators.Add(result =>
    {
        try
        {
            _ = result.GetValueOrDefault<string?>() is string text ? Shard.Parse(text, Environment.GetEnvironmentVariable) : null;
        }
        catch (FormatException exception)
        {
            result.AddError(exception.Message);
        }
    });

    public void AddTo(Command command) => command.Options.Add(_shard);

    /// <summary>Whether the option was given.</summary>
    public bool IsGiven(CommandResult result) => result.GetResult(_shard) is not null;

    /// <summary>The shard that was asked for, or that a scheduler's environment gives; null for neither.</summary>
    public Shard? Read(ParseResult parse)
    {
        Shard? shard = parse.GetValue(_shard) is string text ? Shard.Parse(text, Environment.GetEnvironmentVariable) : Shard.FromEnvironment(Environment.GetEnvironmentVariable);
        if (shard is not null)
        {
            CommandContext.Log(FormattableString.Invariant($"shard {shard.Index} of {shard.Count}, from {shard.Source}"));
        }

        return shard;
    }
}
