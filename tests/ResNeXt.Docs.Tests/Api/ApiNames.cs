using System.Reflection;

namespace ResNeXt.Docs.Tests;

/// <summary>Names of types and members: as C# writes them, and as XML comments do.</summary>
internal static class ApiNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(void)] = "void",
    };

    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is Type value)
        {
            return Of(value) + "?";
        }

        string name = type.Name.Split('`')[0];
        return Keywords.TryGetValue(type, out string? keyword) ? keyword
            : type.IsArray ? Of(type.GetElementType()!) + "[]"
            : type.IsByRef ? Of(type.GetElementType()!)
            : type.IsGenericType && type.Name.StartsWith("ValueTuple", StringComparison.Ordinal) ? $"({string.Join(", ", type.GetGenericArguments().Select(Of))})"
            : type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>"
            : type.IsNested && !type.IsGenericParameter ? $"{Of(type.DeclaringType!)}.{name}"
            : name;
    }

    public static string Kind(Type type) => type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : (type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : "")
            + (type.GetMethod("<Clone>$") is not null ? "record" : type.IsValueType ? "struct" : "class");

    public static string Signature(MemberInfo member) => member switch
    {
        PropertyInfo property => $"{property.Name} : {Of(property.PropertyType)}",
        FieldInfo field => $"{field.Name} : {Of(field.FieldType)}",
        ConstructorInfo constructor => $"new {Of(constructor.DeclaringType!)}({Parameters(constructor)})",
        MethodInfo method => $"{method.Name}({Parameters(method)}) : {Of(method.ReturnType)}",
        _ => member.Name,
    };

    public static string Id(MemberInfo member) => member switch
    {
        Type type => $"T:{XmlName(type)}",
        PropertyInfo property => $"P:{XmlName(property.DeclaringType!)}.{property.Name}{XmlParameters(property.GetIndexParameters())}",
        FieldInfo field => $"F:{XmlName(field.DeclaringType!)}.{field.Name}",
        ConstructorInfo constructor => $"M:{XmlName(constructor.DeclaringType!)}.#ctor{XmlParameters(constructor.GetParameters())}",
        MethodInfo method => $"M:{XmlName(method.DeclaringType!)}.{method.Name}{(method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "")}{XmlParameters(method.GetParameters())}",
        _ => $"E:{XmlName(member.DeclaringType!)}.{member.Name}",
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter => $"{Of(parameter.ParameterType)} {parameter.Name}"));

    private static string XmlParameters(ParameterInfo[] parameters) => parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => XmlName(parameter.ParameterType)))})";

    private static string XmlName(Type type) => type.IsGenericMethodParameter ? $"``{type.GenericParameterPosition}"
        : type.IsGenericTypeParameter ? $"`{type.GenericParameterPosition}"
        : type.IsByRef ? XmlName(type.GetElementType()!) + "@"
        : type.IsArray ? XmlName(type.GetElementType()!) + "[]"
        : type is { IsGenericType: true, IsGenericTypeDefinition: false } ? $"{type.GetGenericTypeDefinition().FullName!.Split('`')[0].Replace('+', '.')}{{{string.Join(',', type.GetGenericArguments().Select(XmlName))}}}"
        : type.FullName!.Replace('+', '.');
}
