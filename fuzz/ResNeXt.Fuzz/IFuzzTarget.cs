namespace ResNeXt.Fuzz;

/// <summary>Something that reads files of strangers.</summary>
internal interface IFuzzTarget : IDisposable
{
    /// <summary>Whole files to begin with, small ones.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Reads a file. What it throws beside <see cref="InvalidDataException"/>, and any wrong answer, is a fault.</summary>
    /// <returns>Whether the file was accepted.</returns>
    bool Accepts(byte[] file);

    /// <summary>Another file, made of the seeds.</summary>
    byte[] Mutate(Random random) => Mutation.Of(Seeds, random);
}
