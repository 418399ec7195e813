using System.Diagnostics;
using ResNeXt.MLNet;

namespace ResNeXt.Fuzz;

/// <summary>Gives a target file after file. Each lies in a file of its own while it is read, so that a crash of the process leaves it behind.</summary>
internal sealed class FuzzRun(string name, string folder)
{
    private const int MostFaults = 10;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly string _current = Path.Combine(folder, $"{name}.current");
    private long _started; // 0 while nothing is read
    private volatile bool _isEnded;

    /// <returns>Whether no fault was found.</returns>
    public bool Start(int count, TimeSpan time, int seed)
    {
        using IFuzzTarget target = FuzzTargets.Create(name);
        new Thread(Watch) { IsBackground = true }.Start();
        int accepted = 0, refused = 0, faults = 0;
        long most = 0;
        var total = Stopwatch.StartNew();
        IEnumerable<byte[]> mutated = Enumerable.Range(0, count).Select(i => target.Mutate(new Random(HashCode.Combine(seed, i))));
        foreach (byte[] file in FuzzTargets.Corpus(name).Concat(target.Seeds).Concat(mutated).TakeWhile(_ => total.Elapsed < time))
        {
            File.Delete(_current); // to write over a file waits for the disk on ext4
            File.WriteAllBytes(_current, file);
            Volatile.Write(ref _started, Stopwatch.GetTimestamp());
            try
            {
                if (target.Accepts(file))
                {
                    accepted++;
                }
                else
                {
                    refused++;
                }
            }
            catch (InvalidDataException)
            {
                refused++;
            }
#pragma warning disable CA1031 // whatever else it is, it is what we look for
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (++faults > MostFaults)
                {
                    break;
                }

                Keep($"{name}-{accepted + refused + faults}", exception.ToString());
            }

            Volatile.Write(ref _started, 0);
            most = Math.Max(most, (accepted + refused) % 100 == 0 ? Environment.WorkingSet : 0);
        }

        _isEnded = true;
        File.Delete(_current);
        Console.WriteLine(FormattableString.Invariant(
            $"{name}: {accepted + refused + faults} files in {total.Elapsed.TotalSeconds:F0} s, {accepted} accepted, {refused} refused, {faults} faults, at most {most >> 20} MB, {DecodingBudget.Process.Taken} bytes of the decoding budget still taken"));
        return faults == 0 && accepted > 0 && refused > 0;
    }

    /// <summary>Nothing may take long; what does cannot be stopped, and ends the process.</summary>
    private void Watch()
    {
        while (!_isEnded)
        {
            Thread.Sleep(500);
            if (Volatile.Read(ref _started) is not 0 and long started && Stopwatch.GetElapsedTime(started) > Soon && !_isEnded)
            {
                Keep($"{name}-slow", $"It took more than {Soon.TotalSeconds} s.");
                Environment.Exit(3);
            }
        }
    }

    private void Keep(string kept, string reason)
    {
        string path = Path.Combine(folder, kept);
        File.Copy(_current, path, overwrite: true);
        Console.Error.WriteLine($"{path}: {reason}");
    }
}
