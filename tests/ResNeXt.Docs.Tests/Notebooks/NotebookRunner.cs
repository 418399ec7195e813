using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using ResNeXt.Training;

namespace ResNeXt.Docs.Tests;

/// <summary>Runs the code of a document, piece after piece, as a kernel would, against the assemblies of this build.</summary>
internal sealed partial class NotebookRunner
{
    private static readonly ScriptOptions Options = ScriptOptions.Default
        .WithReferences(((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => !path.EndsWith("ResNeXt.Docs.Tests.dll", StringComparison.Ordinal)))
        .WithImports("System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks");

    private readonly Kernel _kernel = new();
    private ScriptState<object>? _state;

    /// <summary>Runs a cell.</summary>
    /// <returns>What it displayed: figures, and texts.</returns>
    public async Task<IReadOnlyList<object>> RunAsync(string code)
    {
        _kernel.Displayed.Clear();
        code = UsingDeclaration().Replace(PackageReference().Replace(code, ""), "");
        _state = _state is null
            ? await CSharpScript.RunAsync<object>(code, Options, _kernel, typeof(Kernel), TestContext.Current.CancellationToken)
            : await _state.ContinueWithAsync<object>(code, Options, TestContext.Current.CancellationToken);
        if (_state.ReturnValue is object value)
        {
            _kernel.display(value);
        }

        return [.. _kernel.Displayed];
    }

    /// <summary>Packages that a cell asks for, with their versions.</summary>
    public static IEnumerable<(string Package, string Version)> Packages(string code) =>
        PackageReference().Matches(code).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>Scripts have none at the top; what they open lives as long as the kernel.</summary>
    [GeneratedRegex(@"^using (?=[\w<>]+ \w+ = )", RegexOptions.Multiline)]
    private static partial Regex UsingDeclaration();

    [GeneratedRegex(@"^#r ""nuget: ?([^,""]+), ?([^""]+)""\n?", RegexOptions.Multiline)]
    private static partial Regex PackageReference();
}
