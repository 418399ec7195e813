using System.Reflection;
using System.Text;

namespace ResNeXt.Docs.Tests;

/// <summary>Writes the reference of an assembly's public API: a section for each type, a line for each member.</summary>
internal static class ApiReference
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private static readonly string[] OfRecords = ["Equals", "GetHashCode", "ToString", "Deconstruct", "PrintMembers", "<Clone>$", "EqualityContract"];

    public static string Of(Assembly assembly)
    {
        var comments = new ApiComments(assembly);
        var page = new StringBuilder($"# {assembly.GetName().Name}\n\nMade from the comments in the code by `ApiReferenceTests` with `UPDATE_DOCS=1`.\n");
        Type[] types = [.. assembly.GetExportedTypes().Where(type => comments.Has(ApiNames.Id(type))).OrderBy(type => type.Name, StringComparer.Ordinal)];
        page.Append('\n').AppendJoin(", ", types.Select(type => $"[{ApiNames.Of(type)}](#{Anchor(type)})")).Append('\n');
        foreach (Type type in types)
        {
            Append(page, type, comments);
        }

        return page.ToString();
    }

    /// <summary>Public members that say nothing of themselves.</summary>
    public static IEnumerable<string> WithoutComment(Assembly assembly)
    {
        var comments = new ApiComments(assembly);
        return assembly.GetExportedTypes().Where(type => !type.Namespace!.EndsWith(".Onnx", StringComparison.Ordinal))
            .SelectMany(type => Members(type).Select(ApiNames.Id).Prepend(ApiNames.Id(type)))
            .Where(id => comments.Part(id, "summary").Length == 0);
    }

    private static string Anchor(Type type) => ApiNames.Of(type).ToLowerInvariant().Replace("<", "", StringComparison.Ordinal).Replace(">", "", StringComparison.Ordinal);

    private static void Append(StringBuilder page, Type type, ApiComments comments)
    {
        string id = ApiNames.Id(type);
        page.Append($"\n## {ApiNames.Of(type)}\n\n`{ApiNames.Kind(type)}` in `{type.Namespace}`. {comments.Part(id, "summary")}\n");
        if (comments.Part(id, "remarks") is { Length: > 0 } remarks)
        {
            page.Append($"\n{remarks}\n");
        }

        if (type.IsEnum)
        {
            page.Append('\n').AppendJoin('\n', Enum.GetNames(type).Select(name => $"- `{name}`: {comments.Part($"F:{type.FullName}.{name}", "summary")}")).Append('\n');
            return;
        }

        foreach (MemberInfo member in Members(type))
        {
            page.Append($"\n- **`{ApiNames.Signature(member)}`** {Text(ApiNames.Id(member), comments)}\n");
        }
    }

    private static string Text(string id, ApiComments comments)
    {
        IEnumerable<string> parts =
        [
            comments.Part(id, "summary"),
            comments.Part(id, "value"),
            comments.Part(id, "remarks"),
            .. comments.Parts(id, "param", "name").Select(parameter => $"\n  - `{parameter.Name}`: {parameter.Text}"),
            .. comments.Part(id, "returns") is { Length: > 0 } returns ? [$"\n  - returns: {returns}"] : Array.Empty<string>(),
            .. comments.Parts(id, "exception", "cref").Select(exception => $"\n  - throws `{exception.Name}`: {exception.Text}"),
        ];
        return string.Join(' ', parts.Where(part => part.Length > 0)).Replace(" \n", "\n", StringComparison.Ordinal);
    }

    private static IEnumerable<MemberInfo> Members(Type type) => type.IsEnum ? [] : type.GetMembers(Own)
        .Where(member => member is not Type && !member.Name.StartsWith("op_", StringComparison.Ordinal) && !OfRecords.Contains(member.Name))
        .Where(member => member is not MethodInfo { IsSpecialName: true })
        .Where(member => member is not ConstructorInfo constructor || constructor.GetParameters().Length > 0)
        .Where(member => member is not MethodInfo method || method.GetBaseDefinition() == method || method.DeclaringType!.IsAbstract)
        .OrderBy(member => member is ConstructorInfo ? 0 : member is MethodInfo ? 2 : 1).ThenBy(member => member.Name, StringComparer.Ordinal).ThenBy(member => ApiNames.Signature(member), StringComparer.Ordinal);
}
