using System.Globalization;
using System.Text;

namespace ResNeXt.Training.Tests;

/// <summary>What a terminal of a given width shows of what was written to it: enough of ECMA-48 for our own displays. It never scrolls.</summary>
internal sealed class TerminalScreen(int width)
{
    private readonly List<char[]> _rows = [Blank(width)];
    private int _row, _column;

    /// <summary>Rows that went on in the next one because the terminal had no more room.</summary>
    public int Wrapped { get; private set; }

    /// <summary>The rows, without blanks at their ends.</summary>
    public string Text => string.Join('\n', _rows.Select(row => new string(row).TrimEnd())).TrimEnd() + "\n";

    public static TerminalScreen Of(int width, string written)
    {
        var screen = new TerminalScreen(width);
        for (int i = 0; i < written.Length; i++)
        {
            if (written[i] == '\u001b' && i + 1 < written.Length && written[i + 1] == '[')
            {
                int end = i + 2;
                while (!char.IsAsciiLetter(written[end]))
                {
                    end++;
                }

                screen.Control(written[end], written[(i + 2)..end]);
                i = end;
            }
            else if (written[i] == '\u001b')
            {
                i++; // a control of two characters: the keypad's mode
            }
            else
            {
                screen.Put(written[i]);
            }
        }

        return screen;
    }

    private static char[] Blank(int width) => new string(' ', width).ToCharArray();

    private void Put(char character)
    {
        switch (character)
        {
            case '\r':
                _column = 0;
                break;
            case '\n':
                Down();
                break;
            default:
                if (_column == width)
                {
                    Wrapped++;
                    Down();
                    _column = 0;
                }

                _rows[_row][_column++] = character;
                break;
        }
    }

    private void Down()
    {
        if (++_row == _rows.Count)
        {
            _rows.Add(Blank(width));
        }
    }

    private void Control(char command, string parameters)
    {
        int count = int.TryParse(parameters, CultureInfo.InvariantCulture, out int number) ? number : 0;
        switch (command)
        {
            case 'A':
                _row = Math.Max(0, _row - Math.Max(count, 1));
                break;
            case 'B':
                _row = Math.Min(_rows.Count - 1, _row + Math.Max(count, 1));
                break;
            case 'G':
                _column = Math.Max(count, 1) - 1;
                break;
            case 'K':
                (int from, int to) = count switch { 0 => (_column, width), 1 => (0, Math.Min(_column + 1, width)), _ => (0, width) };
                _rows[_row].AsSpan(from..to).Fill(' ');
                break;
            case 'J':
                _rows[_row].AsSpan(Math.Min(_column, width)).Fill(' ');
                _rows.Skip(_row + 1).ToList().ForEach(row => row.AsSpan().Fill(' '));
                break;
            case 'm' or 'h' or 'l':
                break; // colours, cursor
            default:
                throw new NotSupportedException($"The screen knows no control sequence ESC [ {parameters} {command}.");
        }
    }
}
