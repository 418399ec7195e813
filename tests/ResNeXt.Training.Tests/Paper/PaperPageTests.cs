using System.Text.RegularExpressions;

namespace ResNeXt.Training.Tests;

/// <summary>docs/paper.md says which test holds which claim; this keeps it true.</summary>
public sealed class PaperPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "paper.md"));

    [Fact]
    public void Tests_NamedInThePage_Exist()
    {
        HashSet<string> tests =
        [
            .. typeof(PaperPageTests).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods())
                .Where(method => method.IsDefined(typeof(FactAttribute), inherit: false))
                .Select(method => $"{method.DeclaringType!.Name}.{method.Name}"),
        ];

        MatchCollection named = Regex.Matches(Page, @"`(\w+Tests\.\w+)`");

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name.Groups[1].Value, tests));
    }

    [Fact]
    public void Claims_OfThePage_AreHeldOrSayWhyNot()
    {
        IEnumerable<string> claims = Page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| claim", StringComparison.Ordinal));

        Assert.All(claims, claim => Assert.Matches(@"^\| [^|]+ \| [^|]+ \| (`\w+Tests\.\w+`|not here: ).* \|$", claim));
    }
}
