namespace ResNeXt.Training;

/// <summary>.NET Interactive looks for an attribute of this name on the types that it is to show.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    /// <summary>Read by the kernel.</summary>
    public Type FormatterSourceType { get; } = formatterSourceType;
}
