using TorchSharp;

namespace ResNeXt.Training.Tests;

/// <summary>Damaged files of every format: each is read whole or refused, soon, and nothing is kept of it.</summary>
public sealed class MutatedWeightsTests(Shapes shapes)
{
    private const int CountInCI = 2000;

    private static readonly byte[][] Originals =
        [.. GoldenWeights.Names.Order(StringComparer.Ordinal).Select(name => File.ReadAllBytes(GoldenWeights.PathOf(name)))];

    /// <summary>RESNEXT_MUTATIONS=50000 makes it the long run.</summary>
    [Fact]
    public void Read_MutatedFiles_GivesTensorsOrRefusesSoon()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RESNEXT_MUTATIONS"), out int asked) ? asked : CountInCI;
        int read = 0, refused = 0;
        string path = shapes.NewPath();
        for (int seed = 0; seed < count; seed++)
        {
            byte[] mutated = Mutate(new Random(seed));
            File.Delete(path); // to write over a file waits for the disk on ext4
            File.WriteAllBytes(path, mutated);
            long memory = GC.GetAllocatedBytesForCurrentThread();
            string outcome;
            TimeSpan start = Environment.CpuUsage.TotalTime; // a process that the machine pauses does not hang
            try
            {
                outcome = $"{ReadWhole(path)} bytes";
                read++;
            }
            catch (InvalidDataException exception)
            {
                outcome = exception.Message;
                refused++;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed} is neither read nor refused.", exception);
            }

            memory = GC.GetAllocatedBytesForCurrentThread() - memory;
            TimeSpan elapsed = Environment.CpuUsage.TotalTime - start;
            Assert.True(elapsed < TimeSpan.FromSeconds(5) && memory < 2 << 20, $"Seed {seed} took {elapsed} and {memory} bytes: {outcome}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{read} read, {refused} refused");
        Assert.True(read > 0 && refused > 0);
    }

    /// <summary>Bytes of its tensors, which none may have more of than a small file can hold or repeat.</summary>
    private static long ReadWhole(string path)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var file = WeightsFile.Open(path);
        long largest = file.Names.Max(name => (long?)file.Read(name).bytes.Length) ?? 0;
        Assert.InRange(largest, 0, 1 << 20);
        return largest;
    }

    private static byte[] Mutate(Random random)
    {
        byte[] bytes = [.. Originals[random.Next(Originals.Length)]];
        switch (random.Next(5))
        {
            case 0: // some bits, at times all of them at the start or the end, where headers and directories are
                int reach = random.Next(2) == 0 ? Math.Min(300, bytes.Length) : bytes.Length;
                int start = random.Next(3) == 0 ? bytes.Length - reach : 0;
                for (int i = random.Next(1, 8); i > 0; i--)
                {
                    bytes[start + random.Next(reach)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            case 1: // an end
                return bytes[..random.Next(bytes.Length)];
            case 2: // a piece of another file, or of itself, in place of some bytes
                byte[] other = random.Next(2) == 0 ? bytes : Originals[random.Next(Originals.Length)];
                int from = random.Next(other.Length), at = random.Next(bytes.Length);
                return [.. bytes[..at], .. other.AsSpan(from, Math.Min(random.Next(64), other.Length - from)), .. bytes[Math.Min(at + random.Next(64), bytes.Length)..]];
            case 3: // absurd numbers
                byte[] absurd = random.Next(4) switch { 0 => [255, 255, 255, 255], 1 => [255, 255, 255, 255, 255, 255, 255, 127], 2 => [0, 0, 0, 0], _ => [0, 0, 0, 128] };
                absurd.AsSpan(0, Math.Min(absurd.Length, bytes.Length)).CopyTo(bytes.AsSpan(random.Next(Math.Max(bytes.Length - absurd.Length, 1))));
                return bytes;
            default: // an opcode or another byte in place of one
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
        }
    }
}
