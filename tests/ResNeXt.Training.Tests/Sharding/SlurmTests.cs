using System.Diagnostics;
using System.Globalization;

namespace ResNeXt.Training.Tests;

/// <summary>The recipe of samples/ScaleOut under a real Slurm, where tasks and the daemon are killed. RESNEXT_SLURM=20000 scores as many images in 16 shards, and kills more.</summary>
public sealed class SlurmTests(Shapes shapes, TrainedModel trained)
{
    private static readonly int? Asked = Environment.GetEnvironmentVariable("RESNEXT_SLURM") is string images ? int.Parse(images, CultureInfo.InvariantCulture) : null;
    private static readonly int Images = Asked ?? 300, Shards = Asked is null ? 5 : 16, Disturbances = Asked is null ? 3 : 15;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task Score_TasksAndDaemonKilled_MergesToTheBytesOfOneProcess()
    {
        using SlurmCluster slurm = await SlurmCluster.StartOrSkipAsync();
        string list = shapes.NewPath(".txt"), manifest = shapes.NewPath(".parquet"), parts = shapes.NewPath(), whole = shapes.NewPath(".parquet"), merged = shapes.NewPath(".parquet");
        string[] files = [.. shapes.Images.Select(image => image.ImagePath)];
        File.WriteAllLines(list, Enumerable.Range(0, Images).Select(i => files[i * 7 % files.Length]));
        Ok(await CommandRun.StartAsync("manifest", "--input", list, "--output", manifest));
        Ok(await CommandRun.StartAsync("featurize", "--model", trained.Result.Model, "--input", manifest, "--output", whole));

        await SubmitAsync(slurm, manifest, parts);
        var random = new Random(1);
        for (int i = 0; i < Disturbances; i++)
        {
            await Task.Delay(random.Next(300, 1500), TestContext.Current.CancellationToken);
            await DisturbAsync(slurm, parts, i % 3);
        }

        // Submitted again while tasks wait to be requeued, shards run twice, even at a time.
        var clock = Stopwatch.StartNew();
        while (Finished(parts) < Shards)
        {
            if ((await slurm.AskAsync("squeue", "-h", "-t", "RUNNING")).Length == 0)
            {
                await SubmitAsync(slurm, manifest, parts);
            }

            Assert.True(clock.Elapsed < Limit, $"{Finished(parts)} of {Shards} shards are done:\n{slurm.Logs()}");
            await Task.Delay(1000, TestContext.Current.CancellationToken);
        }

        await slurm.AskAsync("scancel", "--user=root");
        Ok(await CommandRun.StartAsync("merge", "--input", parts, "--output", merged));
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(merged));
    }

    private static int Finished(string parts) => Directory.Exists(parts) ? Directory.GetFiles(parts, "part-*.parquet").Length : 0;

    private static async Task DisturbAsync(SlurmCluster slurm, string parts, int how)
    {
        switch (how)
        {
            case 0:
                slurm.RestartNode();
                break;
            case 1:
                using (Process kill = Process.Start("pkill", ["-KILL", "-o", "-f", parts])) // the oldest task
                {
                    await kill.WaitForExitAsync();
                }

                break;
            default:
                string running = (await slurm.AskAsync("squeue", "-h", "-t", "RUNNING", "-o", "%i")).Split('\n')[0];
                await slurm.AskAsync("scontrol", "requeue", running);
                break;
        }
    }

    private static CommandRun Ok(CommandRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    /// <summary>As docs/scale-out.md says, with the command that these tests have.</summary>
    private async Task SubmitAsync(SlurmCluster slurm, string manifest, string parts)
    {
        string bin = shapes.NewPath(), tool = Path.Combine(Directory.CreateDirectory(bin).FullName, "resnext");
        File.WriteAllText(tool, $"#!/bin/sh\nexec dotnet '{CommandRun.Program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        string script = Path.Combine(RepositoryFiles.Root, "samples", "ScaleOut", "score.sbatch");
        string answer = await slurm.AskAsync(
            "sbatch", $"--array=0-{Shards - 1}", "--cpus-per-task=1", "--output=/dev/null", $"--export=ALL,PATH={bin}:{Environment.GetEnvironmentVariable("PATH")}", script, trained.Result.Model, manifest, parts);
        Assert.Contains("Submitted batch job", answer, StringComparison.Ordinal);
    }
}
