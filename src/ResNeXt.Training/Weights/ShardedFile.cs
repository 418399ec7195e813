using System.Text.Json;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>Weights in several safetensors files, listed by <c>model.safetensors.index.json</c> in the same folder (Hugging Face).</summary>
internal sealed class ShardedFile : WeightsFile
{
    private const long MostBytes = 16 << 20;
    private const int MostFiles = 1000;

    private readonly Dictionary<string, SafeTensorsFile> _files = [];
    private readonly Dictionary<string, SafeTensorsFile> _owners = [];

    /// <param name="path">The list.</param>
    /// <exception cref="InvalidDataException">The list or one of its files is damaged, or one is elsewhere.</exception>
    public ShardedFile(string path)
        : base(path)
    {
        try
        {
            foreach ((string name, string file) in Listed(path))
            {
                if (!_files.TryGetValue(file, out SafeTensorsFile? shard))
                {
                    string place = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, file);
                    _files[file] = shard = File.Exists(place) ? new SafeTensorsFile(place) : throw new InvalidDataException($"'{path}' lists '{file}', which is not beside it: fetch all files of the model.");
                }

                _owners[name] = shard.Names.Contains(name) ? shard : throw new InvalidDataException($"'{path}' says that '{file}' holds '{name}', and it does not.");
            }
        }
        catch
        {
            Dispose(true);
            throw;
        }
    }

    public override IReadOnlyCollection<string> Names => _owners.Keys;

    public override long[] Shape(string name) => _owners[name].Shape(name);

    protected override Tensor ReadTensor(string name) => _owners[name].Read(name);

    protected override void Dispose(bool disposing)
    {
        foreach (SafeTensorsFile file in _files.Values)
        {
            file.Dispose();
        }
    }

    private static Dictionary<string, string> Listed(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw new InvalidDataException($"'{path}' has more than {MostBytes:N0} bytes, which no list of files needs.");
        }

        try
        {
            using JsonDocument list = JsonDocument.Parse(RegularFile.ReadAllBytes(path));
            Dictionary<string, string> map = list.RootElement.GetProperty("weight_map").Deserialize<Dictionary<string, string>>() ?? [];
            foreach (string file in map.Values.Where(file => file is null || System.IO.Path.GetFileName(file) != file || file is "" or "." or ".."))
            {
                throw new InvalidDataException($"'{path}' lists '{file}': expected the names of files beside it.");
            }

            return map.Count > 0 && map.Values.Distinct().Count() <= MostFiles ? map : throw new InvalidDataException($"'{path}' lists no files, or more than {MostFiles}.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"'{path}' is no list of safetensors files: {exception.Message}", exception);
        }
    }
}
