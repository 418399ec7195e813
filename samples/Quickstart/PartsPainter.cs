namespace Quickstart;

/// <summary>
/// Draws a set for visual inspection: machined parts on a bench, photographed in bad light. The set is small, not trivial: what
/// tells the classes apart is a few pixels wide, and light, place, turn, background, finish, noise and blur vary far more.
/// </summary>
internal static class PartsPainter
{
    /// <summary>Paints the set: a folder for each class of <see cref="PartCondition"/> with <c>0001.jpg</c> and so on inside.</summary>
    /// <param name="directory">Where the set goes. It must not exist; it appears only when the whole set is painted.</param>
    /// <param name="count">Images in all, shared evenly among the classes; what does not divide is left out.</param>
    /// <param name="seed">The same seed paints the same set.</param>
    /// <exception cref="IOException">The directory exists or cannot be written.</exception>
    public static void Paint(string directory, int count, int seed)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (Path.Exists(target))
        {
            throw new IOException($"'{target}' exists: expected the name of a new folder.");
        }

        string unfinished = target + ".unfinished";
        RemoveFolder(unfinished);
        try
        {
            PaintAll(unfinished, count, seed);
            Directory.Move(unfinished, target);
        }
        catch
        {
            RemoveFolder(unfinished);
            throw;
        }
    }

    /// <summary>The folder name of a class, in the words of a data set.</summary>
    public static string ClassName(PartCondition condition) => condition switch
    {
        PartCondition.Good => "good",
        PartCondition.Scratched => "scratched",
        PartCondition.Dented => "dented",
        PartCondition.MissingHole => "missing_hole",
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, null),
    };

    private static void PaintAll(string directory, int count, int seed)
    {
        PartCondition[] conditions = Enum.GetValues<PartCondition>();
        foreach (PartCondition condition in conditions)
        {
            Directory.CreateDirectory(Path.Combine(directory, ClassName(condition)));
        }

        int perClass = count / conditions.Length;
        Parallel.For(0, perClass * conditions.Length, i =>
        {
            (int number, int kind) = Math.DivRem(i, conditions.Length);
            var random = new Random(Mix(seed, kind, number));
            string file = FormattableString.Invariant($"{number + 1:D4}.jpg");
            File.WriteAllBytes(
                Path.Combine(directory, ClassName(conditions[kind]), file),
                PartPicture.Paint(conditions[kind], random));
        });
    }

    /// <summary>A seed of its own for each image, so that the order of painting does not matter (the finaliser of MurmurHash3).</summary>
    private static int Mix(int seed, int kind, int number)
    {
        unchecked
        {
            uint hash = ((uint)seed * 0x9E3779B1) + ((uint)kind * 0x85EBCA77) + ((uint)number * 0xC2B2AE3D);
            hash = (hash ^ (hash >> 16)) * 0x85EBCA6B;
            hash = (hash ^ (hash >> 13)) * 0xC2B2AE35;
            return (int)((hash ^ (hash >> 16)) & int.MaxValue);
        }
    }

    private static void RemoveFolder(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
