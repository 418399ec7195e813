using System.Diagnostics;
using System.Globalization;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>The processes that train one network together; as a rule this one alone. All ranks make the same calls in the same order.</summary>
internal sealed unsafe class RankGroup : IDisposable
{
    private const int Piece = 1 << 24; // MPI counts in int, and small pieces stay in the cache

    private readonly MpiLibrary? _mpi;
    private readonly Stopwatch _communicating = new();

    private RankGroup(MpiLibrary? mpi)
    {
        _mpi = mpi;
        (Rank, Count) = mpi is null ? (0, 1) : (mpi.Rank, mpi.Count);
    }

    /// <summary>No other process.</summary>
    public static RankGroup Alone { get; } = new(null);

    /// <summary>This process's number, from 0.</summary>
    public int Rank { get; }

    /// <summary>Processes in all.</summary>
    public int Count { get; }

    /// <summary>The one that writes and shows.</summary>
    public bool IsFirst => Rank == 0;

    public bool IsAlone => Count == 1;

    /// <summary>Time spent in communication, waiting for slower ranks included.</summary>
    public TimeSpan Communicating => _communicating.Elapsed;

    /// <summary>Joins the ranks that <c>mpirun</c> or <c>srun</c> started; a process that neither started is alone.</summary>
    /// <param name="environment">The value of a variable of the environment.</param>
    /// <param name="log">Told what was joined.</param>
    /// <exception cref="DllNotFoundException">The process was started by MPI, and there is no Open MPI.</exception>
    /// <exception cref="InvalidOperationException">The processes were started by something else, and do not know each other.</exception>
    public static RankGroup Join(Func<string, string?> environment, Action<string> log)
    {
        int started = Started(environment) ?? 1;
        if (started <= 1)
        {
            return Number(environment, "PMI_SIZE") is > 1
                ? throw new InvalidOperationException("The process was started by another MPI than Open MPI (PMI_SIZE is set): expected Open MPI's mpirun, or srun --mpi=pmix.")
                : Alone;
        }

        var group = new RankGroup(MpiLibrary.Start());
        if (group.Count != started)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{started} processes were started, and MPI knows of {group.Count}: use Open MPI's mpirun, or srun --mpi=pmix."));
        }

        if (group.IsFirst)
        {
            log(string.Create(CultureInfo.InvariantCulture, $"{group.Count} ranks, {group._mpi!.Version()}"));
        }

        return group;
    }

    /// <summary>How many processes <c>mpirun</c> or <c>srun</c> started; null where neither did.</summary>
    public static int? Started(Func<string, string?> environment) => Number(environment, "OMPI_COMM_WORLD_SIZE") ?? Number(environment, "SLURM_STEP_NUM_TASKS");

    /// <summary>This rank's part of something that is shared out in order.</summary>
    public Range Share(int count) => (int)((long)count * Rank / Count)..(int)((long)count * (Rank + 1) / Count);

    /// <summary>Replaces numbers by their sums over all ranks.</summary>
    public void Sum(Span<double> values)
    {
        if (_mpi is not null)
        {
            _communicating.Start();
            fixed (double* start = values)
            {
                _mpi.Sum(start, values.Length);
            }

            _communicating.Stop();
        }
    }

    /// <summary>Replaces a tensor of floats or doubles, contiguous, by the sum over all ranks.</summary>
    public void Sum(Tensor flat)
    {
        if (_mpi is null)
        {
            return;
        }

        if (flat.device_type == DeviceType.CUDA)
        {
            cuda.synchronize(flat.device); // MPI does not wait for what is still to be computed
        }

        _communicating.Start();
        if (flat.device_type == DeviceType.CPU || _mpi.TakesDeviceMemory)
        {
            Pieces(flat);
        }
        else
        {
            using Tensor here = flat.cpu();
            Pieces(here);
            flat.copy_(here);
        }

        _communicating.Stop();
    }

    /// <summary>Replaces tensors by those of rank 0.</summary>
    public void Broadcast(IEnumerable<Tensor> tensors)
    {
        if (_mpi is null)
        {
            return;
        }

        using var noGradient = no_grad();
        foreach (Tensor tensor in tensors)
        {
            using Tensor flat = tensor.detach().cpu().contiguous();
            long bytes = flat.numel() * flat.element_size();
            for (long done = 0; done < bytes; done += Piece)
            {
                _mpi.Broadcast((byte*)Address(flat) + done, (int)Math.Min(Piece, bytes - done));
            }

            tensor.copy_(flat);
        }
    }

    /// <summary>The text of rank 0.</summary>
    public string Broadcast(string text)
    {
        if (_mpi is null)
        {
            return text;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int length = bytes.Length;
        _mpi.Broadcast(&length, sizeof(int));
        bytes = IsFirst ? bytes : new byte[length];
        fixed (byte* start = bytes)
        {
            _mpi.Broadcast(start, length);
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Refuses ranks that are not at one.</summary>
    /// <param name="hash">A SHA-256 of what should be the same everywhere.</param>
    /// <param name="what">What it is of, for the message.</param>
    /// <exception cref="InvalidDataException">It is not; the message names the ranks that differ from rank 0.</exception>
    public void RequireSame(string hash, string what)
    {
        if (_mpi is null)
        {
            return;
        }

        string all = Encoding.ASCII.GetString(_mpi.Gather(Encoding.ASCII.GetBytes(hash)));
        int[] others = [.. Enumerable.Range(0, Count).Where(rank => !all.AsSpan(rank * hash.Length, hash.Length).SequenceEqual(all.AsSpan(0, hash.Length)))];
        if (others.Length > 0)
        {
            throw new InvalidDataException($"Rank{(others.Length > 1 ? "s" : "")} {string.Join(", ", others)} and rank 0 do not have the same {what}: all ranks need the same command line, files and build.");
        }
    }

    /// <summary>Ends all ranks at once: after an error of one, the others would wait for it for ever.</summary>
    public void Abort(int code) => _mpi?.Abort(code);

    public void Dispose() => _mpi?.Finish();

    private static int? Number(Func<string, string?> environment, string name) =>
        int.TryParse(environment(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static void* Address(Tensor tensor)
    {
        fixed (byte* start = tensor.bytes)
        {
            return start;
        }
    }

    private void Pieces(Tensor flat)
    {
        bool isDouble = flat.dtype == ScalarType.Float64;
        void* start = flat.device_type == DeviceType.CPU ? Address(flat) : (void*)flat.storage<float>().data_ptr();
        for (long done = 0, count = flat.numel(); done < count; done += Piece)
        {
            int part = (int)Math.Min(Piece, count - done);
            if (isDouble)
            {
                _mpi!.Sum((double*)start + done, part);
            }
            else
            {
                _mpi!.Sum((float*)start + done, part);
            }
        }
    }
}
