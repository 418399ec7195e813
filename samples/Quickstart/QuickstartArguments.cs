using System.Globalization;

namespace Quickstart;

/// <summary>The command line of the quickstart.</summary>
/// <param name="Data">A folder with a folder of photos for each class; null draws a set.</param>
/// <param name="Out">Where results go.</param>
/// <param name="Epochs">Passes over the photos of the network.</param>
internal sealed record QuickstartArguments(string? Data, string Out, int Epochs)
{
    private const int DefaultEpochs = 6;
    private const string Usage = "usage: Quickstart [--data DIR] [--out DIR] [--epochs N]\n       Quickstart draw DIR";

    /// <returns>Null after wrong usage, which has been explained.</returns>
    public static QuickstartArguments? Parse(string[] args)
    {
        var arguments = new QuickstartArguments(null, Path.GetFullPath(Path.Combine("runs", "quickstart")), DefaultEpochs);
        for (int i = 0; i < args.Length; i += 2)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--data" when value is not null:
                    arguments = arguments with { Data = value };
                    break;
                case "--out" when value is not null:
                    arguments = arguments with { Out = Path.GetFullPath(value) };
                    break;
                case "--epochs" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int epochs) && epochs > 0:
                    arguments = arguments with { Epochs = epochs };
                    break;
                default:
                    Console.Error.WriteLine($"error: '{string.Join(' ', args[i..])}' is not understood.\n{Usage}");
                    return null;
            }
        }

        return arguments;
    }
}
