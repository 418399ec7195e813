using System.Text.RegularExpressions;
using ResNeXt.Training;

namespace ResNeXt.Docs.Tests;

public sealed partial class DocumentTests(DocumentFolder folder)
{
    public static TheoryData<string> PagesWithCode => [.. DocumentCode.Pages.Where(page => DocumentCode.CSharp(page).Count > 0)];

    /// <summary>Blocks of a page are one program; what a page writes stays for the next.</summary>
    [Theory]
    [MemberData(nameof(PagesWithCode))]
    public async Task Code_OfAPage_Runs(string page)
    {
        var runner = new NotebookRunner();
        string before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(folder.Folder);
        try
        {
            foreach (string block in DocumentCode.CSharp(page))
            {
                await runner.RunAsync(block);
            }
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    /// <summary>A verb with an option that it does not know would end with code 2.</summary>
    [Fact]
    public void Commands_InTheDocuments_HaveKnownVerbsAndOptions()
    {
        string[] texts = [File.ReadAllText(Path.Combine(RepositoryFiles.Root, "README.md")), .. DocumentCode.Pages.Select(DocumentCode.Read), .. Directory.GetFiles(DocumentCode.Folder, "*.sh", SearchOption.AllDirectories).Select(File.ReadAllText)];
        string[] commands = [.. texts.SelectMany(DocumentCode.Commands)];

        Assert.InRange(commands.Length, 10, 200);
        using var context = new CommandContext();
        Assert.All(commands, command => Assert.Empty(CommandLine.Create(context).Parse(command).Errors));
    }

    /// <summary>Bold and in quotes: the words of an error of ours.</summary>
    [Fact]
    public void Messages_InTroubleshooting_AreInTheCode()
    {
        string code = string.Concat(Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        string[] messages = [.. BoldQuote().Matches(DocumentCode.Read("troubleshooting.md")).Select(message => message.Groups[1].Value)];

        Assert.InRange(messages.Length, 5, 100);
        Assert.All(messages, message => Assert.Contains(message, code, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_BetweenThePages_LeadToHeadings()
    {
        foreach (string page in DocumentCode.Pages)
        {
            foreach (Match link in AnchorLink().Matches(DocumentCode.Read(page)))
            {
                string target = link.Groups["page"].Length == 0 ? page : link.Groups["page"].Value;
                IEnumerable<string> anchors = Heading().Matches(DocumentCode.Read(target)).Select(heading => Anchor(heading.Groups[1].Value));
                Assert.True(anchors.Contains(link.Groups["anchor"].Value), $"docs/{page} links to {target}#{link.Groups["anchor"].Value}, which has no such heading.");
            }
        }
    }

    private static string Anchor(string heading) => NoWord().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<page>[a-z-]*(?:\.md)?)#(?<anchor>[^)]+)\)")]
    private static partial Regex AnchorLink();

    [GeneratedRegex("""\*\*"([^"]+)"\*\*""")]
    private static partial Regex BoldQuote();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoWord();
}
