using System.Text.RegularExpressions;

namespace ResNeXt.MLNet;

/// <summary>
/// What a user means by a model: a file or, where there is no such file, the name of a model in the cache of published weights, which
/// <c>resnext weights pull</c> makes ready there. Nothing is fetched here.
/// </summary>
internal static partial class ModelFile
{
    /// <summary>The file, which is there.</summary>
    /// <exception cref="FileNotFoundException">It is not; the message says what to do.</exception>
    public static string Resolve(string nameOrFile)
    {
        string path = PathOf(nameOrFile);
        return File.Exists(path) ? path : throw new FileNotFoundException(Missing(nameOrFile), nameOrFile);
    }

    /// <summary>Where the file is or, of a name that is known, where it will be.</summary>
    public static string PathOf(string nameOrFile)
    {
        if (File.Exists(nameOrFile) || !IsName(nameOrFile) || CacheFolder.Weights is not string cache)
        {
            return nameOrFile;
        }

        (PublishedWeights? weights, ModelPrecision precision) = Find(nameOrFile);
        string path = PathIn(cache, weights is null ? nameOrFile : NameOf(weights, precision));
        return weights is not null || File.Exists(path) ? path : nameOrFile;
    }

    /// <summary>What opens the model of published weights: their name, and behind it the precision unless it is fp32.</summary>
    public static string NameOf(PublishedWeights weights, ModelPrecision precision) => weights.Name + Suffix(precision);

    public static string PathIn(string cache, string name) => Path.Combine(cache, name + ".onnx");

    private static string Suffix(ModelPrecision precision) => precision == ModelPrecision.Float32 ? "" : "." + ResNeXtMetadata.PrecisionNames[(int)precision];

    private static (PublishedWeights? Weights, ModelPrecision Precision) Find(string name)
    {
        ModelPrecision precision = Enum.GetValues<ModelPrecision>().Last(precision => name.EndsWith(Suffix(precision), StringComparison.Ordinal));
        return (PublishedWeights.Find(name[..^Suffix(precision).Length]), precision);
    }

    private static string Missing(string nameOrFile)
    {
        if (Directory.Exists(nameOrFile))
        {
            return $"'{nameOrFile}' is a folder: expected a model file, such as model.onnx in the folder of a training run.";
        }

        if (!IsName(nameOrFile))
        {
            return $"Model file '{nameOrFile}' does not exist.";
        }

        if (CacheFolder.Weights is not string cache)
        {
            return $"There is no file '{nameOrFile}', and no home folder to keep a model of that name in: set RESNEXT_CACHE to a writable folder.";
        }

        (PublishedWeights? weights, ModelPrecision precision) = Find(nameOrFile);
        string options = precision switch
        {
            ModelPrecision.Float32 => "",
            ModelPrecision.Int8 => " --precision int8 --calibration DIR",
            _ => $" --precision {ResNeXtMetadata.PrecisionNames[(int)precision]}",
        };
        return $"There is no file '{nameOrFile}' and no model of that name in '{Path.GetFullPath(cache)}'"
            + (weights is null ? $", and {PublishedWeights.Unknown(nameOrFile)}" : $": `resnext weights pull {weights.Name}{options}` puts it there.");
    }

    private static bool IsName(string text) => Name().IsMatch(text) && !text.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Letters, digits and what stands between them: no name leads out of the cache.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*\z")]
    private static partial Regex Name();
}
