using System.Text.RegularExpressions;
using Microsoft.Extensions.FileSystemGlobbing;

namespace ResNeXt.Training;

/// <summary>The photos that a command line means: files, folders, searched through, patterns, <c>@list.txt</c> and <c>-</c>, standard input, with a path on each line.</summary>
internal static partial class PhotoInputs
{
    /// <summary>The photos one after another, as they are found: lists are not held in memory.</summary>
    /// <param name="inputs">What stands on the command line.</param>
    /// <param name="standardInput">What <c>-</c> reads.</param>
    /// <param name="files">Counts what was found.</param>
    /// <param name="except">A folder whose photos are not meant, though it may lie in another one; null for none.</param>
    /// <exception cref="FileNotFoundException">A list is missing, or a pattern matches nothing.</exception>
    /// <exception cref="UsageException">An address is given: nothing is fetched.</exception>
    public static IEnumerable<string> Of(IReadOnlyList<string> inputs, TextReader standardInput, FileTally files, string? except)
    {
        if (inputs.FirstOrDefault(input => Address().IsMatch(input)) is string address)
        {
            throw new UsageException($"'{address}' is an address, and nothing is fetched from a network: download it first.");
        }

        IEnumerable<string>[] photos = [.. inputs.Select(input => Of(input, standardInput, files))];
        string? apart = except is null ? null : Path.GetFullPath(except) + Path.DirectorySeparatorChar;
        return photos.SelectMany(some => some).Where(photo => apart is null || !Path.GetFullPath(photo).StartsWith(apart, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Of(string input, TextReader standardInput, FileTally files)
    {
        if (input == "-")
        {
            return Counted(TextList.Lines("-", Lines(standardInput)), files);
        }

        if (Directory.Exists(input))
        {
            return files.Files(input);
        }

        if (File.Exists(input))
        {
            return Counted([input], files);
        }

        if (input.StartsWith('@'))
        {
            return Counted(TextList.Read(input[1..]), files);
        }

        return !input.Contains('*', StringComparison.Ordinal) ? Counted([input], files) : Counted(Matches(input), files); // one that is missing fails by itself
    }

    private static string[] Matches(string pattern)
    {
        string[] steps = pattern.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        int plain = Array.FindIndex(steps, step => step.Contains('*', StringComparison.Ordinal));
        string root = plain == 0 ? "." : string.Join(Path.DirectorySeparatorChar, steps[..plain]) + Path.DirectorySeparatorChar;
        string[] matches =
        [
            .. new Matcher(StringComparison.Ordinal).AddInclude(string.Join('/', steps[plain..])).GetResultsInFullPath(root)
                .Select(match => plain == 0 ? Path.GetRelativePath(".", match) : match).Order(StringComparer.Ordinal),
        ];
        return matches.Length > 0 ? matches : throw new FileNotFoundException($"'{pattern}' matches no file.");
    }

    private static IEnumerable<string> Lines(TextReader reader)
    {
        while (reader.ReadLine() is string line)
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Counted(IEnumerable<string> photos, FileTally files)
    {
        foreach (string photo in photos)
        {
            files.Take();
            yield return photo;
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]+://", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
