using System.Globalization;

namespace ResNeXt.Training;

/// <summary>One of equal parts of a list.</summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Count">Of how many.</param>
/// <param name="Source">Where the numbers come from, for the log.</param>
internal sealed record Shard(int Index, int Count, string Source)
{
    private const int Most = 99_999; // five digits in the names of parts
    private const string Expected = "expected i/n with 0 <= i < n, auto, or auto/n";

    /// <summary>Entries of the list, the last not included. Shards differ by one entry at most and follow each other.</summary>
    public (long From, long To) Of(long count) => (count * Index / Count, count * (Index + 1) / Count);

    /// <summary>The name of its part.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"part-{Index:00000}-of-{Count:00000}.parquet");

    /// <param name="text"><c>3/64</c>; <c>auto</c>: both numbers from the scheduler's environment; <c>auto/64</c>: the first one.</param>
    /// <param name="environment">The value of a variable of the environment.</param>
    /// <exception cref="FormatException">The text or the environment gives no shard.</exception>
    public static Shard Parse(string text, Func<string, string?> environment)
    {
        string[] parts = text.Split('/');
        int? given = parts.Length == 2 ? Number(parts[1]) ?? throw new FormatException($"Shard '{text}' has no number of shards: {Expected}.") : null;
        Shard shard = parts switch
        {
            ["auto"] or ["auto", _] => FromEnvironment(environment, given)
                ?? throw new FormatException($"Shard '{text}': no scheduler has set its variables (SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, OMPI_COMM_WORLD_RANK); {Expected}."),
            [string index, _] => new Shard(Number(index) ?? throw new FormatException($"Shard '{text}': {Expected}."), given!.Value, "--shard"),
            _ => throw new FormatException($"Shard '{text}': {Expected}."),
        };
        return shard.Index < shard.Count && shard.Count <= Most ? shard : throw new FormatException($"Shard '{shard.Index}/{shard.Count}' from {shard.Source}: {Expected}, n at most {Most}.");
    }

    /// <summary>The place in a Slurm job array, a Kubernetes Indexed Job or an MPI run; null outside of them.</summary>
    /// <param name="environment">The value of a variable of the environment.</param>
    /// <param name="given">The number of shards, where it was said; Kubernetes does not tell it.</param>
    public static Shard? FromEnvironment(Func<string, string?> environment, int? given = null)
    {
        if (Number(environment("SLURM_ARRAY_TASK_ID")) is int task && (given ?? Number(environment("SLURM_ARRAY_TASK_COUNT"))) is int tasks)
        {
            // With n given the array may be of some of the shards: --array=5,17.
            int first = given is null ? Number(environment("SLURM_ARRAY_TASK_MIN")) ?? 0 : 0;
            bool hasGaps = given is null && Number(environment("SLURM_ARRAY_TASK_MAX")) is int last && last - first + 1 != tasks;
            return !hasGaps
                ? new Shard(task - first, tasks, "SLURM_ARRAY_TASK_ID")
                : throw new FormatException("The Slurm array has gaps, so its tasks do not say which shard each of them is: use --shard auto/n, where the task's number is that of the shard.");
        }

        if (Number(environment("JOB_COMPLETION_INDEX")) is int completion)
        {
            return new Shard(completion, given ?? throw new FormatException("JOB_COMPLETION_INDEX is set, and Kubernetes does not tell of how many: use --shard auto/n with the job's completions."), "JOB_COMPLETION_INDEX");
        }

        return Number(environment("OMPI_COMM_WORLD_RANK")) is int rank && (given ?? Number(environment("OMPI_COMM_WORLD_SIZE"))) is int ranks
            ? new Shard(rank, ranks, "OMPI_COMM_WORLD_RANK")
            : null;
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
