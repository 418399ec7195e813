using System.Globalization;
using TorchSharp;

namespace ResNeXt.Training;

/// <summary>The device that training computes on.</summary>
internal static class TorchDevice
{
    /// <param name="name"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</param>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    /// <exception cref="InvalidOperationException">CUDA is asked for and not there.</exception>
    public static torch.Device Parse(string name)
    {
        TorchLibrary.Load();
        string[] parts = name.ToLowerInvariant().Split(':');
        switch (parts)
        {
            case ["cpu"]:
            case ["auto"] when !torch.cuda_is_available():
                return torch.CPU;
            case ["auto"]:
                return torch.device("cuda:0");
            case ["cuda"]:
            case ["cuda", _] when int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _):
                int index = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
                int found = torch.cuda_is_available() ? torch.cuda.device_count() : 0;
                return index < found
                    ? torch.device($"cuda:{index}")
                    : throw new InvalidOperationException(
                        $"Device '{name}' is not there: libtorch sees {found} CUDA devices. Use cpu, or build with -p:TorchFlavor=cuda on a machine with an NVIDIA driver.");
            default:
                throw new ArgumentException($"Device '{name}' is unknown: expected auto, cpu, cuda or cuda:N.");
        }
    }
}
