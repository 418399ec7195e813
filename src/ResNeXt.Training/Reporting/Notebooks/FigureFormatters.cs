#pragma warning disable CA1822 // the kernel asks instances
namespace ResNeXt.Training;

/// <summary>How .NET Interactive shows a <see cref="Figure"/>. It finds this by the names of the types, so nobody has to reference it.</summary>
internal sealed class FigureFormatters
{
    /// <summary>Called by the kernel.</summary>
    public IEnumerable<object> CreateTypeFormatters() => [new AsHtml()];

    /// <summary>An SVG element is HTML, too.</summary>
    internal sealed class AsHtml
    {
        /// <summary>Read by the kernel.</summary>
        public string MimeType => "text/html";

        /// <summary>Called by the kernel.</summary>
        public bool Format(object instance, TextWriter writer)
        {
            if (instance is not Figure figure)
            {
                return false;
            }

            writer.Write(figure.Content);
            return true;
        }
    }
}
