using System.Reflection;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

/// <summary>
/// A number that TorchSharp makes into a <see cref="Scalar"/> itself is held by nobody while libtorch reads it (docs/design.md, TorchSharp): the eighth run of a
/// head's solver that added so died of it.
/// </summary>
public sealed class HiddenScalarTests
{
    [Fact]
    public void OurCode_CallsOfTensors_MakeNoScalarOutOfSight()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        string[] found =
        [
            .. typeof(Trainer).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
                .SelectMany(method => Calls(method).Where(MakesScalar).Select(called => $"{method.DeclaringType}.{method.Name}: {called}")),
        ];

        Assert.Empty(found);
    }

    [Fact]
    public void MakesScalar_OfTensorMethods_TellsThemApart()
    {
        Assert.True(MakesScalar(typeof(Tensor).GetMethod("add", [typeof(Tensor)])!));
        Assert.False(MakesScalar(typeof(Tensor).GetMethod("add", [typeof(Tensor), typeof(Scalar)])!));
        Assert.True(MakesScalar(typeof(Tensor).GetMethod("square", [])!));
        Assert.False(MakesScalar(typeof(Tensor).GetMethod("mul", [typeof(Tensor)])!));
    }

    private static bool MakesScalar(MethodBase method) =>
        (method.DeclaringType == typeof(Tensor) && Calls(method).Any(IsConversion)) || IsConversion(method);

    private static bool IsConversion(MethodBase method) => method.Name == "op_Implicit" && method is MethodInfo { ReturnType: Type type } && type == typeof(Scalar);

    /// <summary>What a method calls: each call or construction (opcodes call, callvirt, newobj) is followed by a token. Bytes that only look like one name nothing, or nothing of interest.</summary>
    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int i = 0; i + 4 < code.Length; i++)
        {
            if (code[i] is 0x28 or 0x6f or 0x73 && Resolve(method, BitConverter.ToInt32(code, i + 1)) is MethodBase called)
            {
                yield return called;
            }
        }
    }

    private static MethodBase? Resolve(MethodBase method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token, method.DeclaringType?.GetGenericArguments(), method is MethodInfo ? method.GetGenericArguments() : null);
        }
        catch (Exception exception) when (exception is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }
}
