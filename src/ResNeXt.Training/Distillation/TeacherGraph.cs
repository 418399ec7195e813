using Google.Protobuf;
using ResNeXt.Training.Onnx;

namespace ResNeXt.Training;

/// <summary>A teacher's ONNX file as it lies: what goes in, which values there are, and the same graph with other outputs.</summary>
internal sealed class TeacherGraph
{
    private const long MostClosest = 8;

    private readonly ModelProto _model;
    private readonly string[] _values;

    private TeacherGraph(string path, string digest, ModelProto model)
    {
        (Path, Digest, _model) = (path, digest, model);
        _values = [.. model.Graph.Node.SelectMany(node => node.Output).Where(name => name.Length > 0)];
        Dictionary<string, string> properties = model.MetadataProps.GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.First().Value);
        Metadata = ResNeXtMetadata.IsOurs(properties) ? ResNeXtMetadata.FromProperties(properties, path) : null;
        (Input, ImageSize) = FindInput();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>SHA-256 of its bytes.</summary>
    public string Digest { get; }

    /// <summary>What a model of ours says of itself; null for another network.</summary>
    public ResNeXtMetadata? Metadata { get; }

    /// <summary>Name of the input: float, <c>[1 or N, 3, size, size]</c>.</summary>
    public string Input { get; }

    /// <summary>Edge of the square; null where any will do.</summary>
    public int? ImageSize { get; }

    /// <summary>Names of the declared outputs.</summary>
    public IReadOnlyList<string> Outputs => [.. _model.Graph.Output.Select(output => output.Name)];

    /// <summary>The value that a model of ours pools to its features.</summary>
    public string PooledMap => _model.Graph.Node.First(node => node.OpType == "GlobalAveragePool").Input[0];

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no ONNX model, or takes no photos one at a time.</exception>
    public static TeacherGraph Read(string path)
    {
        byte[] bytes = File.Exists(path) ? RegularFile.ReadAllBytes(path) : throw new FileNotFoundException($"Teacher '{path}' does not exist: expected an ONNX file.", path);
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw NoModel(exception);
        }

        using var content = new MemoryStream(bytes);
        return model.Graph is { Node.Count: > 0 } ? new TeacherGraph(path, FileDigest.Of(content), model) : throw NoModel(null);

        InvalidDataException NoModel(Exception? exception) => new($"Teacher '{path}' is no ONNX model: expected a file that `resnext export`, torch.onnx.export or the like wrote.", exception);
    }

    /// <summary>Refuses a value that the graph does not compute.</summary>
    /// <exception cref="InvalidDataException">It does not; the message lists names that may have been meant.</exception>
    public string Require(string value)
    {
        if (_values.Contains(value))
        {
            return value;
        }

        string[] close = [.. ClosestNames.To(value, _values)];
        string meant = close.Length > 0 ? $" Close to it: {Quoted(close)}." : "";
        throw new InvalidDataException($"Teacher '{Path}' has no value '{value}': expected an output ({Quoted(Outputs)}) or another of its {_values.Length} values.{meant} Name one with --teacher-output.");
    }

    /// <summary>The file with these values for its only outputs, so that nothing else is computed. Fields that our part of ONNX's schema does not know stay as they are.</summary>
    public byte[] WithOutputs(IEnumerable<string> values)
    {
        ModelProto model = _model.Clone();
        Dictionary<string, ValueInfoProto> declared = model.Graph.Output.ToDictionary(output => output.Name);
        model.Graph.Output.Clear();
        model.Graph.Output.AddRange(values.Select(value => declared.GetValueOrDefault(value) ?? new ValueInfoProto
        {
            Name = value,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float } },
        }));
        return model.ToByteArray();
    }

    public static string Quoted(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take((int)MostClosest).Select(name => $"'{name}'")) + (all.Length > MostClosest ? FormattableString.Invariant($", ... ({all.Length} in all)") : "");
    }

    private (string Name, int? Size) FindInput()
    {
        var constants = _model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(); // old files list them among the inputs
        ValueInfoProto[] inputs = [.. _model.Graph.Input.Where(input => !constants.Contains(input.Name))];
        if (inputs.Length != 1 || inputs[0].Type?.TensorType is not { ElemType: (int)TensorProto.Types.DataType.Float, Shape: TensorShapeProto shape } || shape.Dim.Count != 4)
        {
            throw new InvalidDataException($"Teacher '{Path}' takes {string.Join(" and ", inputs.Select(Describe))}: expected one input of floats, [N, 3, height, width].");
        }

        (int batch, int channels, int height, int width) = (Size(shape, 0), Size(shape, 1), Size(shape, 2), Size(shape, 3));
        return batch > 1 ? throw new InvalidDataException($"Teacher '{Path}' takes {Describe(inputs[0])}, batches fixed to {batch}: expected batches of one or of any size. Export it so.")
            : channels is not (0 or RgbImage.Channels) || height != width ? throw new InvalidDataException($"Teacher '{Path}' takes {Describe(inputs[0])}: expected three colours before a square, [N, 3, size, size].")
            : (inputs[0].Name, height == 0 ? null : height);
    }

    /// <summary>0 for a size that is free.</summary>
    private static int Size(TensorShapeProto shape, int dimension) => (int)Math.Clamp(shape.Dim[dimension].DimValue, 0, int.MaxValue);

    private static string Describe(ValueInfoProto value) =>
        $"'{value.Name}' [{string.Join(", ", value.Type?.TensorType?.Shape?.Dim.Select(size => size.DimValue > 0 ? FormattableString.Invariant($"{size.DimValue}") : "?") ?? [])}]";
}
