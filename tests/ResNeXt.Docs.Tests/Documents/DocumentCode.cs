using System.Text.RegularExpressions;

namespace ResNeXt.Docs.Tests;

/// <summary>The code of a page of documentation.</summary>
internal static partial class DocumentCode
{
    public static string Folder { get; } = Path.Combine(RepositoryFiles.Root, "docs");

    public static IEnumerable<string> Pages => Directory.GetFiles(Folder, "*.md").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    /// <summary>The C# of a page, block after block; what a reason is given for, in a comment before the block, is left out.</summary>
    public static IReadOnlyList<string> CSharp(string page) =>
        [.. CSharpBlock().Matches(Read(page)).Where(block => !block.Groups["reason"].Success).Select(block => block.Groups["code"].Value)];

    /// <summary>Lines of shell that call the command, continued lines joined, without the word <c>resnext</c>.</summary>
    public static IEnumerable<string> Commands(string text) => Regex
        .Matches(text.Replace("\\\n", " ", StringComparison.Ordinal), @"^(?:dotnet run -c Release --project src/ResNeXt\.Training -- |resnext )(.+)$", RegexOptions.Multiline)
        .Select(line => line.Groups[1].Value);

    public static string Read(string page) => File.ReadAllText(Path.Combine(Folder, page));

    [GeneratedRegex(@"(?:<!-- not run: (?<reason>[^>]+) -->\n)?^```csharp\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();
}
