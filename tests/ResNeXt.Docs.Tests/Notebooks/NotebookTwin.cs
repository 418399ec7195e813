using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ResNeXt.Docs.Tests;

/// <summary>
/// Makes a notebook a file-based app: texts become comments and headings of the page, <c>display</c> writes into that page, packages become
/// projects of this repository, <c>using</c> lines go to the top and types to the end, where C# wants them.
/// </summary>
internal static class NotebookTwin
{
    private static readonly string[] Global = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks"];

    public static string PathOf(Notebook notebook) => Path.ChangeExtension(notebook.Path, ".cs");

    public static string Of(Notebook notebook)
    {
        var usings = new SortedSet<string>(StringComparer.Ordinal) { "using ResNeXt.Training;" };
        StringBuilder body = new(), types = new();
        IEnumerable<string> packages = notebook.Cells.Where(cell => cell.IsCode).SelectMany(cell => NotebookRunner.Packages(cell.Source)).Select(package => package.Package);
        foreach (NotebookCell cell in notebook.Cells)
        {
            if (cell.IsCode)
            {
                Split(cell.Source, usings, body, types);
            }
            else
            {
                AppendText(body, cell.Source);
            }
        }

        return $"""
            #!/usr/bin/env dotnet
            // Made from {Path.GetFileName(notebook.Path)} by NotebookTwinTests with UPDATE_DOCS=1: change that, not this.
            #:project ../src/ResNeXt.Training
            #:property UsesOnnxRuntime=true
            #:property UsesTorch={(packages.Contains("TorchSharp-cpu") ? "true" : "false")}
            #:property PublishAot=false
            #:property EnforceCodeStyleInBuild=false
            #:property AnalysisLevel=none
            {string.Join('\n', usings.Where(line => !Global.Contains(line[6..^1])))}

            var page = new FigurePage("{notebook.Name}.html", "{Title(notebook)}");
            {body.ToString().TrimEnd()}

            Console.WriteLine($"Look at {"{"}System.IO.Path.GetFullPath("{notebook.Name}.html"){"}"}.");

            void display(object value)
            {"{"}
                page.Add(value);
                Console.WriteLine(value is Figure figure ? $"({"{"}figure.MimeType{"}"}, on the page)" : value);
            {"}"}
            {types}
            """.ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    private static string Title(Notebook notebook) => notebook.Cells[0].Source.Split('\n')[0].TrimStart('#', ' ');

    private static void Split(string source, SortedSet<string> usings, StringBuilder body, StringBuilder types)
    {
        CompilationUnitSyntax unit = CSharpSyntaxTree.ParseText(source, CSharpParseOptions.Default.WithKind(SourceCodeKind.Script)).GetCompilationUnitRoot();
        usings.UnionWith(unit.Usings.Select(line => line.WithoutTrivia().ToString()));
        body.Append('\n');
        foreach (MemberDeclarationSyntax member in unit.Members)
        {
            bool isType = member is BaseTypeDeclarationSyntax;
            string text = (isType ? member.ToString() : Leading(member, unit) + member).TrimEnd();
            (isType ? types.Append('\n') : body).Append(text).Append('\n');
        }
    }

    /// <summary>Comments and empty lines before a statement, without the directives of the kernel.</summary>
    private static string Leading(MemberDeclarationSyntax member, CompilationUnitSyntax unit)
    {
        string trivia = string.Concat(member.GetLeadingTrivia().Where(trivia => !trivia.IsDirective).Select(trivia => trivia.ToFullString()));
        return member == unit.Members[0] ? trivia.TrimStart('\n') : trivia;
    }

    private static void AppendText(StringBuilder body, string source)
    {
        string[] lines = source.TrimEnd().Split('\n');
        string? heading = lines[0].StartsWith('#') ? lines[0].TrimStart('#', ' ') : null;
        string text = string.Join('\n', heading is null ? lines : lines[1..]).Trim('\n');
        body.Append('\n').AppendJoin('\n', lines.Select(line => $"// {line}".TrimEnd())).Append('\n');
        body.Append("page.AddText(").Append(heading is null ? "null" : SymbolDisplay.FormatLiteral(heading, quote: true)).Append(", ").Append(SymbolDisplay.FormatLiteral(text, quote: true)).Append(");\n");
    }
}
