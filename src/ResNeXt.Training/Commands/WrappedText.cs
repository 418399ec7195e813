using System.Text;

namespace ResNeXt.Training;

/// <summary>Text in lines that end between words.</summary>
internal static class WrappedText
{
    /// <param name="text">The words.</param>
    /// <param name="width">Characters of a line; a longer word has one of its own.</param>
    /// <param name="indent">Blanks before those of the lines that follow the first.</param>
    /// <param name="taken">Characters that stand in the first line already.</param>
    public static string Of(string text, int width, int indent = 0, int taken = 0)
    {
        var lines = new StringBuilder();
        int at = taken;
        bool begun = false;
        foreach (string word in text.Split(' '))
        {
            if (begun && at + 1 + word.Length > width)
            {
                lines.Append('\n').Append(' ', indent);
                (at, begun) = (indent, false);
            }

            lines.Append(begun ? " " : "").Append(word);
            at += word.Length + (begun ? 1 : 0);
            begun = true;
        }

        return lines.ToString();
    }
}
