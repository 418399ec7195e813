using ResNeXt.Training;
using TorchSharp;

namespace ResNeXt.Fuzz.Targets;

/// <summary>Files of weights, pickles among them: tensors that small files can hold, or a reason; nothing is executed, and little memory is taken.</summary>
internal sealed class Weights : IFuzzTarget
{
    private const long MostBytes = 1 << 20, MostMemory = 2 << 20;

    private readonly string _path = Path.GetTempFileName();

    public IReadOnlyList<byte[]> Seeds { get; } =
        [.. FuzzTargets.Files(Path.Combine(FuzzTargets.Tests, "ResNeXt.Training.Tests", "Weights", "Goldens")).Where(file => file.Length < 300_000)];

    public bool Accepts(byte[] file)
    {
        File.Delete(_path);
        File.WriteAllBytes(_path, file);
        long before = GC.GetAllocatedBytesForCurrentThread(), largest;
        using (torch.NewDisposeScope())
        {
            using var weights = WeightsFile.Open(_path);
            largest = weights.Names.Max(name => (long?)weights.Read(name).bytes.Length) ?? 0;
        }

        long memory = GC.GetAllocatedBytesForCurrentThread() - before;
        return largest <= MostBytes && memory <= MostMemory ? true : throw new FuzzFault($"A tensor of {largest} bytes, {memory} bytes of memory.");
    }

    public void Dispose() => File.Delete(_path);
}
