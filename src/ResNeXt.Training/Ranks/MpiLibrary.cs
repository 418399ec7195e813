using System.Runtime.InteropServices;
using System.Text;

namespace ResNeXt.Training;

/// <summary>
/// The few calls of MPI that data-parallel training needs, on Open MPI 4 and 5 (<c>libmpi.so.40</c>). Communicators, types and operations are addresses
/// of symbols of that library; another MPI has other ones, and is refused by name.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private const string File = "libmpi.so.40";
    private const int ThreadSerialized = 2; // calls from any thread, one at a time
    private const int LongestVersion = 8192;
    private static readonly void* InPlace = (void*)1;

    private readonly nint _library;
    private readonly void* _world;
    private readonly void* _sum;
    private readonly delegate* unmanaged[Cdecl]<void*, void*, int, void*, void*, void*, int> _allreduce;
    private readonly delegate* unmanaged[Cdecl]<void*, int, void*, int, void*, int> _broadcast;
    private readonly delegate* unmanaged[Cdecl]<void*, int, void*, void*, int, void*, void*, int> _allgather;

    private MpiLibrary(nint library)
    {
        _library = library;
        _world = Symbol("ompi_mpi_comm_world");
        _sum = Symbol("ompi_mpi_op_sum");
        _allreduce = (delegate* unmanaged[Cdecl]<void*, void*, int, void*, void*, void*, int>)Symbol("MPI_Allreduce");
        _broadcast = (delegate* unmanaged[Cdecl]<void*, int, void*, int, void*, int>)Symbol("MPI_Bcast");
        _allgather = (delegate* unmanaged[Cdecl]<void*, int, void*, void*, int, void*, void*, int>)Symbol("MPI_Allgather");
    }

    /// <summary>This process's number.</summary>
    public int Rank { get; private set; }

    /// <summary>Processes in all.</summary>
    public int Count { get; private set; }

    /// <summary>Whether device memory may be handed over as it is (Open MPI's own extension).</summary>
    public bool TakesDeviceMemory => NativeLibrary.TryGetExport(_library, "MPIX_Query_cuda_support", out nint query) && ((delegate* unmanaged[Cdecl]<int>)query)() == 1;

    /// <summary>Loads MPI and joins the other processes.</summary>
    /// <exception cref="DllNotFoundException">There is no Open MPI here.</exception>
    public static MpiLibrary Start()
    {
        if (!NativeLibrary.TryLoad(File, out nint library))
        {
            throw new DllNotFoundException($"The process was started by MPI, and {File} cannot be loaded: install Open MPI 4 or 5 (Debian: libopenmpi3). Other MPIs (MPICH, Intel MPI) have another ABI and cannot be used.");
        }

        if (!NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _))
        {
            throw new DllNotFoundException($"{File} is no Open MPI (it has no ompi_mpi_comm_world): expected Open MPI 4 or 5.");
        }

        var mpi = new MpiLibrary(library);
        int provided = 0, rank = 0, count = 0;
        Check(((delegate* unmanaged[Cdecl]<int*, void*, int, int*, int>)mpi.Symbol("MPI_Init_thread"))(null, null, ThreadSerialized, &provided), "MPI_Init_thread");
        if (provided < ThreadSerialized)
        {
            throw new DllNotFoundException($"{File} was built without threads (MPI_Init_thread gives level {provided}): expected MPI_THREAD_SERIALIZED or more.");
        }

        Check(((delegate* unmanaged[Cdecl]<void*, int*, int>)mpi.Symbol("MPI_Comm_rank"))(mpi._world, &rank), "MPI_Comm_rank");
        Check(((delegate* unmanaged[Cdecl]<void*, int*, int>)mpi.Symbol("MPI_Comm_size"))(mpi._world, &count), "MPI_Comm_size");
        (mpi.Rank, mpi.Count) = (rank, count);
        return mpi;
    }

    /// <summary>Name and version, for the log.</summary>
    public string Version()
    {
        byte* text = stackalloc byte[LongestVersion];
        int length = 0;
        Check(((delegate* unmanaged[Cdecl]<byte*, int*, int>)Symbol("MPI_Get_library_version"))(text, &length), "MPI_Get_library_version");
        return Encoding.UTF8.GetString(text, length).Split(',')[0];
    }

    /// <summary>Replaces numbers by the sums over all ranks, the same bits on each.</summary>
    public void Sum(float* values, int count) => Check(_allreduce(InPlace, values, count, Symbol("ompi_mpi_float"), _sum, _world), "MPI_Allreduce");

    /// <inheritdoc cref="Sum(float*, int)"/>
    public void Sum(double* values, int count) => Check(_allreduce(InPlace, values, count, Symbol("ompi_mpi_double"), _sum, _world), "MPI_Allreduce");

    /// <summary>Replaces bytes by those of rank 0.</summary>
    public void Broadcast(void* bytes, int count) => Check(_broadcast(bytes, count, Symbol("ompi_mpi_byte"), 0, _world), "MPI_Bcast");

    /// <summary>The bytes of every rank, as many of each, one rank after another.</summary>
    public byte[] Gather(ReadOnlySpan<byte> own)
    {
        byte[] all = new byte[own.Length * Count];
        fixed (byte* from = own, to = all)
        {
            void* type = Symbol("ompi_mpi_byte");
            Check(_allgather(from, own.Length, type, to, own.Length, type, _world), "MPI_Allgather");
        }

        return all;
    }

    /// <summary>Ends all ranks, this one last.</summary>
    public void Abort(int code) => ((delegate* unmanaged[Cdecl]<void*, int, int>)Symbol("MPI_Abort"))(_world, code);

    /// <summary>Leaves the others in good order.</summary>
    public void Finish() => Check(((delegate* unmanaged[Cdecl]<int>)Symbol("MPI_Finalize"))(), "MPI_Finalize");

    private void* Symbol(string name) => (void*)NativeLibrary.GetExport(_library, name);

    private static void Check(int code, string call)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"{call} failed with code {code}.");
        }
    }
}
