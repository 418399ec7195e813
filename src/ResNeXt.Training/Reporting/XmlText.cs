using System.Xml;
using System.Xml.Linq;

namespace ResNeXt.Training;

/// <summary>Elements as text, whatever characters the names of classes and files in them have.</summary>
internal static class XmlText
{
    /// <summary>The element without added space. Characters that XML does not know become U+FFFD, in the element, too.</summary>
    public static string Of(XElement element)
    {
        foreach (XText text in element.DescendantNodes().OfType<XText>().ToList())
        {
            text.Value = Known(text.Value);
        }

        foreach (XAttribute attribute in element.DescendantsAndSelf().SelectMany(part => part.Attributes()))
        {
            attribute.Value = Known(attribute.Value);
        }

        return element.ToString(SaveOptions.DisableFormatting);
    }

    /// <summary>The text with U+FFFD in the place of characters that XML does not know.</summary>
    public static string Known(string text)
    {
        char[] characters = text.ToCharArray();
        for (int i = 0; i < characters.Length; i++)
        {
            if (i + 1 < characters.Length && char.IsSurrogatePair(characters[i], characters[i + 1]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(characters[i]))
            {
                characters[i] = '\uFFFD';
            }
        }

        return new string(characters);
    }
}
