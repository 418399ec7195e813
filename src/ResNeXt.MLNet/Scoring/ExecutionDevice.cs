using System.Globalization;

namespace ResNeXt.MLNet;

/// <summary>
/// Where the network runs. What is asked for and missing is an error; only <see cref="Auto"/> falls back to the CPU, and logs
/// what it took and why.
/// </summary>
public sealed record ExecutionDevice
{
    private readonly Kind _kind;

    private ExecutionDevice(Kind kind, int id) => (_kind, Id) = (kind, id);

    private enum Kind
    {
        Auto,
        Cpu,
        Cuda,
    }

    /// <summary>The first CUDA device where ONNX Runtime can use one, else the CPU.</summary>
    public static ExecutionDevice Auto { get; } = new(Kind.Auto, 0);

    /// <summary>The CPU.</summary>
    public static ExecutionDevice Cpu { get; } = new(Kind.Cpu, 0);

    /// <summary>Number of the CUDA device; 0 for the others.</summary>
    public int Id { get; }

    internal bool IsAuto => _kind == Kind.Auto;

    internal bool IsCuda => _kind == Kind.Cuda;

    /// <summary>An NVIDIA GPU; the program must reference Microsoft.ML.OnnxRuntime.Gpu.</summary>
    /// <param name="id">Number of the device, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static ExecutionDevice Cuda(int id = 0) => id >= 0
        ? new(Kind.Cuda, id)
        : throw new ArgumentOutOfRangeException(nameof(id), id, "Expected the number of a CUDA device, from 0.");

    /// <summary>Reads <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>, in any case.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static ExecutionDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Trim().ToLowerInvariant().Split(':');
        return parts switch
        {
            ["auto"] => Auto,
            ["cpu"] => Cpu,
            ["cuda"] => Cuda(),
            ["cuda", string id] when int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number) => Cuda(number),
            _ => throw new FormatException($"Device '{text}' is unknown: expected auto, cpu, cuda or cuda:N."),
        };
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => _kind switch
    {
        Kind.Auto => "auto",
        Kind.Cpu => "cpu",
        _ => string.Create(CultureInfo.InvariantCulture, $"cuda:{Id}"),
    };
}
