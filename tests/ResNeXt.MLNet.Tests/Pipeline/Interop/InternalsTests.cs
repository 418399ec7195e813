using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ResNeXt.MLNet.Tests;

/// <summary>
/// Every member of ML.NET that we use and that is not public, as the compiled library says. If this fails after an update of
/// ML.NET, the new release moved one; if it fails after a change of ours, think twice before you lengthen the list.
/// </summary>
public sealed class InternalsTests
{
    private static readonly string[] Expected =
    [
        "Microsoft.ML.Data.IDataTransform",
        "Microsoft.ML.Data.IInternalCatalog",
        "Microsoft.ML.LoadableClassAttribute",
        "Microsoft.ML.Model.OnnxConverter.ICanSaveOnnx",
        "Microsoft.ML.Model.OnnxConverter.ISaveAsOnnx",
        "Microsoft.ML.Model.OnnxConverter.ITransformCanSaveOnnx",
        "Microsoft.ML.Model.OnnxConverter.OnnxContext",
        "Microsoft.ML.ModelHeader",
        "Microsoft.ML.ModelLoadContext",
        "Microsoft.ML.ModelLoadContext.Header",
        "Microsoft.ML.ModelSaveContext.SaveBinaryStream",
        "Microsoft.ML.ModelSaveContext.SaveNonEmptyString",
        "Microsoft.ML.ModelSaveContext.SaveString",
        "Microsoft.ML.ModelSaveContext.SetVersionInfo",
        "Microsoft.ML.ModelSaveContext.Writer",
        "Microsoft.ML.SchemaShape+Column..ctor",
        "Microsoft.ML.SignatureLoadModel",
        "Microsoft.ML.VersionInfo",
    ];

    [Fact]
    public void Library_UsesOfMLNetInternals_AreTheKnownOnes()
    {
        using var file = new PEReader(File.OpenRead(typeof(ResNeXtTransformer).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            if (Resolve(metadata, handle) is Type { IsVisible: false } type)
            {
                found.Add(type.FullName!);
            }
        }

        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference && Resolve(metadata, (TypeReferenceHandle)member.Parent) is Type type)
            {
                string name = metadata.GetString(member.Name);
                MemberInfo[] candidates = type.GetMember(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static);
                Assert.True(candidates.Length > 0, $"{type.FullName}.{name} is gone.");
                if (!candidates.Any(IsForEveryone))
                {
                    found.Add($"{type.FullName}.{name}");
                }
            }
        }

        Assert.Equal(string.Join("\n", Expected), string.Join("\n", found));
    }

    private static bool IsForEveryone(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic,
        _ => true,
    };

    private static Type? Resolve(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        string name = metadata.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            return Resolve(metadata, (TypeReferenceHandle)type.ResolutionScope)?.GetNestedType(name, BindingFlags.Public | BindingFlags.NonPublic);
        }

        string assembly = metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name);
        return assembly.StartsWith("Microsoft.ML.", StringComparison.Ordinal)
            ? Assembly.Load(assembly).GetType($"{metadata.GetString(type.Namespace)}.{name}", throwOnError: true)
            : null;
    }
}
