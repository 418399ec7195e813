using TorchSharp;

namespace ResNeXt.Training;

/// <summary>The device that training computes on, as libtorch names it.</summary>
internal static class TorchDevice
{
    /// <exception cref="InvalidOperationException">CUDA is asked for and not there.</exception>
    public static torch.Device Of(ExecutionDevice device)
    {
        TorchLibrary.Load();
        int found = torch.cuda_is_available() ? torch.cuda.device_count() : 0;
        return device.IsCuda && device.Id >= found
            ? throw new InvalidOperationException(
                $"Device '{device}' is not there: libtorch sees {found} CUDA devices. Use cpu, or build with -p:TorchFlavor=cuda on a machine with an NVIDIA driver.")
            : device.IsCuda || (device.IsAuto && found > 0) ? torch.device($"cuda:{device.Id}") : torch.CPU;
    }
}
