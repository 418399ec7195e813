using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ResNeXt.Training;

/// <summary>Options that several verbs share, and the parsing of their values.</summary>
internal static class CommandOptions
{
    public static Option<string> Required(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, Required = true };

    public static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };

    /// <summary>One of a few words.</summary>
    public static Option<string?> OneOf(string name, string[] values, string description)
    {
        Option<string?> option = Text(name, string.Join('|', values), description);
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    /// <summary>A whole number within limits.</summary>
    public static Option<int?> Integer(string name, string value, string description, int least = int.MinValue, int most = int.MaxValue) =>
        new(name) { HelpName = value, Description = description, CustomParser = result => ParseInteger(result, name, least, most) };

    public static Option<int?> Classes(string description) => Integer("--classes", "N", description, 1, 65536);

    /// <summary>A number with a decimal point, whatever the culture.</summary>
    public static Option<double?> Number(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, CustomParser = ParseNumber };

    /// <summary>The name of an architecture that can be.</summary>
    public static Option<string?> Architecture(string description, bool required = false)
    {
        var option = new Option<string?>("--arch") { HelpName = "NAME", Description = description, Required = required };
        option.Validators.Add(result =>
        {
            try
            {
                ResNeXtArchitecture.Parse(result.GetValueOrDefault<string>() ?? "");
            }
            catch (ArgumentException exception)
            {
                result.AddError(exception.Message);
            }
        });
        return option;
    }

    public static Option<string> Model() => Required("--model", "FILE.onnx|NAME", "The exported model, or the name of pulled weights.");

    /// <summary>Null where they are not given: the parser's own value is an empty list then.</summary>
    public static T[]? Numbers<T>(ParseResult parse, Option<T[]?> option) => parse.GetResult(option) is null ? null : parse.GetValue(option);

    /// <summary>Three numbers, of red, green and blue.</summary>
    public static Option<float[]?> Colors(string name, string description) => new(name)
    {
        HelpName = "R,G,B",
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => ParseNumbers(result, name, "0.485,0.456,0.406")?.Select(number => (float)number).ToArray(),
    };

    /// <summary>Numbers with commas between them.</summary>
    public static double[]? ParseNumbers(ArgumentResult result, string option, string example)
    {
        var numbers = new List<double>();
        foreach (string text in result.Tokens[0].Value.Split(','))
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            {
                result.AddError($"{option} has '{text}': expected numbers such as {example}.");
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    public static Option<bool> FastDecode() => new("--fast-decode")
    {
        Description = "Shrink large JPEGs by 2, 4 or 8 while they are decoded: faster, and no longer exactly torchvision's pixels.",
    };

    public static Option<bool> Strict() => new("--strict") { Description = "Take files that are passed over for an error; hidden ones may be there." };

    /// <summary>For tables that people open in a spreadsheet.</summary>
    /// <param name="table">The option that names the table.</param>
    public static Option<bool> EscapeFormulas(Option<string?> table)
    {
        var option = new Option<bool>("--escape-formulas") { Description = "With a CSV: begin names and labels that a spreadsheet would compute (=, +, -, @) with an apostrophe." };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<bool>() && result.GetValue(table)?.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) != true)
            {
                result.AddError($"{option.Name} needs {table.Name} FILE.csv.");
            }
        });
        return option;
    }

    public static Option<ExecutionDevice> Device() => new("--device")
    {
        HelpName = "DEVICE",
        Description = "auto, cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => ExecutionDevice.Auto,
        CustomParser = ParseDevice,
    };

    /// <summary>The text that an option was given, for the rules of a whole command: they run before values are parsed, and a value may be missing.</summary>
    public static string? TextOf(this CommandResult command, Option option) => command.GetResult(option)?.Tokens is [.., Token text] ? text.Value : null;

    /// <summary>The first of some options that was given; null for none.</summary>
    public static string? FirstGiven(this CommandResult command, params ReadOnlySpan<Option> options)
    {
        foreach (Option option in options)
        {
            if (command.GetResult(option) is not null)
            {
                return option.Name;
            }
        }

        return null;
    }

    /// <summary>Refuses options that serve another one, which was not given.</summary>
    /// <param name="command">What was parsed.</param>
    /// <param name="used">Whether the other one was given.</param>
    /// <param name="by">Its name.</param>
    /// <param name="options">Those that serve it.</param>
    /// <exception cref="UsageException">One of them was given in vain.</exception>
    public static void RequireUse(this CommandResult command, bool used, string by, params ReadOnlySpan<Option> options)
    {
        if (!used && command.FirstGiven(options) is string idle)
        {
            throw new UsageException($"{idle} has no use without {by}: add it, or leave {idle} out.");
        }
    }

    private static int? ParseInteger(ArgumentResult result, string name, int least, int most)
    {
        string text = result.Tokens[0].Value;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            result.AddError($"{name} is '{text}': expected a whole number.");
            return null;
        }

        if (number < least || number > most)
        {
            result.AddError(FormattableString.Invariant($"{name} is {number}: expected ") + (most == int.MaxValue ? FormattableString.Invariant($"at least {least}.") : FormattableString.Invariant($"{least} to {most}.")));
        }

        return number;
    }

    private static double? ParseNumber(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            return number;
        }

        result.AddError($"'{result.Tokens[0].Value}' is not a number: expected one such as 0.1 or 1e-4.");
        return null;
    }

    private static ExecutionDevice ParseDevice(ArgumentResult result)
    {
        try
        {
            return ExecutionDevice.Parse(result.Tokens[0].Value);
        }
        catch (FormatException exception)
        {
            result.AddError(exception.Message);
            return ExecutionDevice.Auto;
        }
    }
}
