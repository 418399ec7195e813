using System.Globalization;

namespace ProductPhotos;

/// <summary>The command line.</summary>
/// <param name="Database">A SQLite file.</param>
/// <param name="IsDemo">Whether it is ours to create.</param>
/// <param name="Model">A model file.</param>
/// <param name="Batch">Rows of a page, and of a transaction.</param>
internal sealed record ProductPhotosArguments(string Database, bool IsDemo, string Model, int Batch)
{
    private const int DefaultBatch = 32, MaxBatch = 100_000;
    private const string Usage = "usage: ProductPhotos [--database FILE] [--batch N] [--model FILE]";

    /// <returns>Null after wrong usage, which has been explained.</returns>
    public static ProductPhotosArguments? Parse(string[] args)
    {
        var arguments = new ProductPhotosArguments(
            Path.GetFullPath(Path.Combine("runs", "toyshop.db")), true, Path.Combine(AppContext.BaseDirectory, "Models", "resnext29_8x8d_small.distilled.onnx"), DefaultBatch);
        for (int i = 0; i < args.Length; i += 2)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--database" when File.Exists(value):
                    arguments = arguments with { Database = Path.GetFullPath(value), IsDemo = false };
                    break;
                case "--database" when value is not null:
                    return Wrong($"--database '{value}' does not exist: expected a SQLite file; without --database a demo is created");
                case "--model" when File.Exists(value):
                    arguments = arguments with { Model = Path.GetFullPath(value) };
                    break;
                case "--model" when value is not null:
                    return Wrong($"--model '{value}' does not exist: expected a file that `resnext train` or `resnext export` wrote");
                case "--batch" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int batch) && batch is >= 1 and <= MaxBatch:
                    arguments = arguments with { Batch = batch };
                    break;
                case "--batch" when value is not null:
                    return Wrong($"--batch is '{value}': expected 1 to {MaxBatch} rows");
                default:
                    return Wrong($"'{string.Join(' ', args[i..])}' is not understood");
            }
        }

        return arguments;
    }

    private static ProductPhotosArguments? Wrong(string what)
    {
        Console.Error.WriteLine($"error: {what}.\n{Usage}");
        return null;
    }
}
