using Microsoft.ML.OnnxRuntime;

namespace ResNeXt.MLNet;

/// <summary>Opens ONNX Runtime sessions on a device, with errors that name the cure.</summary>
internal static class InferenceSessionFactory
{
    private const string CudaProvider = "CUDAExecutionProvider";

    /// <summary>ONNX Runtime's own word for no telemetry; a host that sets it to 0 has it.</summary>
    private const string NoTelemetry = "ORT_DISABLE_TELEMETRY";

    private static readonly Lazy<OrtEnv> Started = new(Start);

    /// <summary>ONNX Runtime. Who uses it otherwise than through here asks for this first.</summary>
    public static OrtEnv Runtime => Started.Value;

    /// <param name="onnx">A whole .onnx file.</param>
    /// <param name="name">What error messages call the model.</param>
    /// <param name="device">Where it shall run.</param>
    /// <param name="threads">With what; the environment may say otherwise.</param>
    /// <returns>The session, the device taken, and for <see cref="ExecutionDevice.Auto"/> the reason.</returns>
    public static (InferenceSession Session, ExecutionDevice Device, string Reason) Open(
        byte[] onnx, string name, ExecutionDevice device, SessionThreads? threads = null)
    {
        SessionThreads taken = (threads ?? SessionThreads.Default).OverriddenBy(Environment.GetEnvironmentVariable).Validated();
        bool hasCuda = AvailableProviders().Contains(CudaProvider);
        if (device.IsCuda)
        {
            return hasCuda
                ? (OpenOn(onnx, name, device, taken), device, "asked for")
                : throw new InvalidOperationException(
                    $"Device {device} was asked for, and the ONNX Runtime of this program has no CUDA: reference the package " +
                    "Microsoft.ML.OnnxRuntime.Gpu in place of Microsoft.ML.OnnxRuntime, or ask for cpu or auto.");
        }

        if (!device.IsAuto)
        {
            return (OpenOn(onnx, name, device, taken), device, "asked for");
        }

        string reason = "the ONNX Runtime of this program has no CUDA";
        if (hasCuda)
        {
            ExecutionDevice cuda = ExecutionDevice.Cuda();
            try
            {
                return (OpenOn(onnx, name, cuda, taken), cuda, "ONNX Runtime offers CUDA");
            }
            catch (InvalidOperationException exception)
            {
                reason = exception.Message;
            }
        }

        return (OpenOn(onnx, name, ExecutionDevice.Cpu, taken), ExecutionDevice.Cpu, reason);
    }

    private static InferenceSession OpenOn(byte[] onnx, string name, ExecutionDevice device, SessionThreads threads)
    {
        using var options = new SessionOptions();

        // Warnings of the optimizer are for the maintainers of ONNX Runtime, not for whoever runs the program.
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
        options.IntraOpNumThreads = threads.IntraOp;
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", threads.AllowSpinning ? "1" : "0");
        if (threads.Affinity is not null)
        {
            options.AddSessionConfigEntry("session.intra_op_thread_affinities", threads.Affinity);
        }

        if (device.IsCuda)
        {
            AppendCuda(options, device);
        }

        try
        {
            return new InferenceSession(onnx, options);
        }
        catch (OnnxRuntimeException exception) when (device.IsCuda)
        {
            throw CannotUse(device, exception); // the driver, or the model: the CPU will tell
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidDataException($"'{name}' cannot be opened as an ONNX model: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Telemetry is off from the beginning, unless the host has set the variable: else ONNX Runtime keeps an id of the machine and a queue of events among the
    /// user's files, and sends them. Its function for that comes too late, for the events of the start.
    /// </summary>
    private static OrtEnv Start()
    {
        if (Environment.GetEnvironmentVariable(NoTelemetry) is null)
        {
            NativeEnvironment.Set(NoTelemetry, "1");
        }

        return OrtEnv.Instance();
    }

    private static void AppendCuda(SessionOptions options, ExecutionDevice device)
    {
        try
        {
            options.AppendExecutionProvider_CUDA(device.Id);
        }
        catch (OnnxRuntimeException exception)
        {
            throw CannotUse(device, exception);
        }
    }

    private static InvalidOperationException CannotUse(ExecutionDevice device, Exception exception) =>
        new($"Device {device} cannot be used: {exception.Message} Check the driver, CUDA and cuDNN, or ask for cpu or auto.", exception);

    /// <summary>What this program's ONNX Runtime can compute with.</summary>
    /// <exception cref="InvalidOperationException">It is not there; the message says what to add.</exception>
    public static string[] AvailableProviders()
    {
        try
        {
            return Runtime.GetAvailableProviders();
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new InvalidOperationException(
                "The native library of ONNX Runtime was not found or is of another version: add the package Microsoft.ML.OnnxRuntime (CPU) or " +
                "Microsoft.ML.OnnxRuntime.Gpu (CUDA) to the program, in the version of Microsoft.ML.OnnxRuntime.Managed that it has.",
                exception);
        }
    }
}
