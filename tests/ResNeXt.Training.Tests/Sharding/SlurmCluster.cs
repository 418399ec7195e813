using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ResNeXt.Training.Tests;

/// <summary>A Slurm of one node on this machine: real daemons, in a folder and on ports of their own, for root alone.</summary>
internal sealed class SlurmCluster : IDisposable
{
    private const int Cores = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("resnext-slurm-").FullName;
    private readonly Process _controller;
    private Process _node;

    private SlurmCluster()
    {
        string host = Environment.MachineName;
        Directory.CreateDirectory(Path.Combine(_folder, "state"));
        Directory.CreateDirectory(Path.Combine(_folder, "spool"));
        File.WriteAllText(Configuration, $"""
            ClusterName=resnext
            SlurmctldHost={host}(127.0.0.1)
            SlurmUser=root
            AuthType=auth/none
            CredType=cred/none
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            StateSaveLocation={_folder}/state
            SlurmdSpoolDir={_folder}/spool
            SlurmctldPidFile={_folder}/slurmctld.pid
            SlurmdPidFile={_folder}/slurmd.pid
            SlurmctldLogFile={_folder}/slurmctld.log
            SlurmdLogFile={_folder}/slurmd.log
            ProctrackType=proctrack/pgid
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            ReturnToService=2
            SlurmdTimeout=10
            NodeName={host} NodeAddr=127.0.0.1 CPUs={Cores} RealMemory={GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 21}
            PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE
            """);
        _controller = Start("slurmctld", "-D", "-c");
        _node = Start("slurmd", "-D", "-c");
    }

    private string Configuration => Path.Combine(_folder, "slurm.conf");

    /// <summary>Starts one, or skips the test where there is none to start.</summary>
    public static async Task<SlurmCluster> StartOrSkipAsync()
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(Environment.IsPrivilegedProcess && ((string[])["slurmctld", "slurmd", "sbatch"]).All(program => path.Any(folder => File.Exists(Path.Combine(folder, program)))),
            "Slurm is not on this machine (Debian: slurmctld, slurmd and slurm-client), or the tests do not run as root.");
        var cluster = new SlurmCluster();
        var clock = Stopwatch.StartNew();
        while ((await cluster.AskAsync("sinfo", "-h", "-o", "%T")).Trim() != "idle")
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(1))
            {
                string logs = cluster.Logs();
                cluster.Dispose();
                Assert.Fail("Slurm did not start:\n" + logs);
            }

            await Task.Delay(300);
        }

        return cluster;
    }

    /// <summary>Runs one of Slurm's commands.</summary>
    /// <returns>What it prints; nothing where it fails.</returns>
    public async Task<string> AskAsync(string command, params string[] arguments)
    {
        using Process process = Start(command, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await errors;
        return process.ExitCode == 0 ? output : "";
    }

    /// <summary>Kills the node's daemon, as a crash would, and starts it again.</summary>
    public void RestartNode()
    {
        _node.Kill();
        _node.WaitForExit();
        _node.Dispose();
        _node = Start("slurmd", "-D");
    }

    public string Logs() => string.Join('\n', Directory.GetFiles(_folder, "*.log").Select(File.ReadAllText));

    public void Dispose()
    {
        AskAsync("scancel", "--full", "--signal=KILL", "--user=root").GetAwaiter().GetResult();
        foreach (Process daemon in (Process[])[_node, _controller])
        {
            daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = Configuration;
        return Process.Start(start)!;
    }
}
