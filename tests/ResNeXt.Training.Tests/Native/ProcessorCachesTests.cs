using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;

namespace ResNeXt.Training.Tests;

/// <summary>Makes libtorch believe what it believes where a hypervisor hides the caches, in a process of its own, and trains there.</summary>
public sealed class ProcessorCachesTests(Shapes shapes)
{
    internal const string AlterationVariable = "RESNEXT_TEST_ALTERATION";
    private const string MendedVariable = "RESNEXT_TEST_MENDED";
    private const string ResultVariable = "RESNEXT_TEST_RESULT";
    private const int DividedByZero = 128 + 8; // SIGFPE
    private const int ReadWriteExecute = 7;

    /// <summary>Leaf 4 or 0x8000001D of processors: registers of the sub-leaves 0 to 3, as far as they are not zero.</summary>
    public static TheoryData<string, int, int[], bool> Processors => new()
    {
        { "AuthenticAMD", unchecked((int)0x8000001D), [0x121, 0x122, 0x143, 0x163], false },
        { "AuthenticAMD", unchecked((int)0x8000001D), [0x121], false },
        { "AuthenticAMD", unchecked((int)0x8000001D), [], true },
        { "AuthenticAMD", 4, [0x121, 0x122, 0x143, 0x163], true }, // oneDNN does not look there
        { "GenuineIntel", 4, [0x121, 0x122, 0x143, 0x163], false },
        { "GenuineIntel", 4, [], true },
    };

    [Theory]
    [MemberData(nameof(Processors))]
    public void AreHidden_Processor_IsTrueWhereItListsNoCache(string maker, int leaf, int[] caches, bool hidden)
    {
        int Word(int start) => MemoryMarshal.Read<int>(Encoding.ASCII.GetBytes(maker).AsSpan(start));

        Assert.Equal(hidden, ProcessorCaches.AreHidden((function, cache) =>
            function == 0 ? (16, Word(0), Word(8), Word(4))
            : function == leaf && cache < caches.Length ? (caches[cache], 1, 1, 1)
            : default));
    }

    [Theory]
    [InlineData("caches of one byte", "hidden by the hypervisor: oneDNN's own sizes in use")]
    // Here the sizes are those of this machine, which is not what is expected.
    [InlineData("one byte whatever is asked", "hidden by the hypervisor: oneDNN limited to AVX, slower")]
    public async Task Load_OneDnnSeesNoCaches_TrainsWhereElseTheProcessDies(string alteration, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Alters libtorch_cpu.so.");

        Assert.Equal((DividedByZero, null), await RunAsync(alteration, mended: false));
        (int exitCode, string[]? result) = await RunAsync(alteration, mended: true);

        Assert.Equal(0, exitCode);
        Assert.Equal(expected, result![0]);
        float[] losses = Train();
        for (int i = 0; i < losses.Length; i++)
        {
            Assert.Equal(losses[i], float.Parse(result[i + 1], CultureInfo.InvariantCulture), 1e-4f); // other kernels, another order of sums
        }
    }

    [Fact]
    public void Locate_AnotherFile_IsNotFound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch_cpu.so is Linux's.");
        TorchLibrary.Load();
        nint library = NativeLibrary.Load(TorchLibrary.FindFile("libtorch_cpu.so")!);
        string text = shapes.NewPath(".so");
        File.WriteAllText(text, "another library");

        Assert.Equal(default, ProcessorCaches.Locate(library, text));
        Assert.Equal(default, ProcessorCaches.Locate(library, shapes.NewPath(".so")));
        Assert.Equal(default, ProcessorCaches.Locate(library, TorchLibrary.FindFile("libc10.so")!));
    }

    [Fact(Explicit = true)]
    public void Explicit_AlteredLibrary_Trains()
    {
        string path = TorchLibrary.FindFile("libtorch_cpu.so")!;
        nint library = NativeLibrary.Load(path);
        (nint description, nint cacheSize) = ProcessorCaches.Locate(library, path);
        Assert.NotEqual(0, description);
        if (Environment.GetEnvironmentVariable(AlterationVariable) == "caches of one byte")
        {
            Marshal.Copy((int[])[1, 1, 1], 0, description + (7 * sizeof(int)), 3);
            Marshal.Copy((int[])[1, 1, 1], 0, description + (17 * sizeof(int)), 3);
            Marshal.WriteInt32(description + (27 * sizeof(int)), 3);
        }
        else
        {
            Assert.Equal(0, MakeWritable(cacheSize & ~0xFFF, 0x2000, ReadWriteExecute));
            Marshal.Copy((byte[])[0xB8, 1, 0, 0, 0, 0xC3], 0, cacheSize, 6); // mov eax, 1; ret
        }

        if (!bool.Parse(Environment.GetEnvironmentVariable(MendedVariable)!))
        {
            TorchLibrary.Load((_, _) => CacheMend.None);
        }

        string[] losses = [.. Train().Select(loss => loss.ToString("R", CultureInfo.InvariantCulture))];
        File.WriteAllLines(Environment.GetEnvironmentVariable(ResultVariable)!, [Doctor(), .. losses]);
    }

    private async Task<(int ExitCode, string[]? Result)> RunAsync(string alteration, bool mended)
    {
        string result = shapes.NewPath(".txt");
        string test = $"{typeof(ProcessorCachesTests).FullName}.{nameof(Explicit_AlteredLibrary_Trains)}";
        var start = new ProcessStartInfo("dotnet", [Assembly.GetExecutingAssembly().Location, "-explicit", "only", "-method", test])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [AlterationVariable] = alteration, [MendedVariable] = mended.ToString(), [ResultVariable] = result },
        };
        using Process process = Process.Start(start)!;
        CommandRun run = await CommandRun.EndAsync(process);
        Assert.True(run.ExitCode is 0 or DividedByZero, run.Output + run.Error);
        return (run.ExitCode, File.Exists(result) ? await File.ReadAllLinesAsync(result, TestContext.Current.CancellationToken) : null);
    }

    /// <summary>A step of the architecture whose 1x1 convolutions divide by zero.</summary>
    /// <returns>The loss before and after it.</returns>
    private static float[] Train()
    {
        TorchLibrary.Load();
        torch.random.manual_seed(1);
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new ResNeXtModule(ResNeXtArchitecture.Parse("resnext20_8x8d_small"), 10);
        using var optimizer = torch.optim.SGD(module.parameters(), 0.001);
        torch.Tensor x = torch.randn(4, 64, 64, 3).permute(0, 3, 1, 2); // channels-last, as in training
        torch.Tensor Loss() => torch.nn.functional.cross_entropy(module.forward(x), torch.arange(4, torch.int64));
        torch.Tensor before = Loss();
        before.backward();
        optimizer.step();
        return [before.item<float>(), Loss().item<float>()];
    }

    /// <summary>What the command says of the caches.</summary>
    private static string Doctor()
    {
        TextWriter console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            using var context = new CommandContext();
            Assert.Equal(0, CommandLine.Create(context).Parse(["doctor"]).Invoke());
        }
        finally
        {
            Console.SetOut(console);
        }

        string line = output.ToString().Split('\n').Single(line => line.StartsWith("ok    processor caches ", StringComparison.Ordinal));
        return line["ok    processor caches ".Length..];
    }

    [DllImport("libc.so.6", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int MakeWritable(nint page, nint length, int protection);
}
