using System.Globalization;
using ResNeXt.Training;

namespace ResNeXt.Docs.Tests;

/// <summary>What a notebook finds around it.</summary>
public sealed class Kernel
{
    internal List<object> Displayed { get; } = [];

#pragma warning disable IDE1006 // the kernel's own name
    /// <summary>Shows a value under the cell.</summary>
    public void display(object value)
#pragma warning restore IDE1006
    {
        string? text = value is Figure ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
        Assert.NotEqual("", text);
        Displayed.Add(text ?? value);
    }
}
