namespace ResNeXt.Training;

/// <summary>
/// A line on standard error at a terminal that the next one takes the place of, cut to the width of the terminal. Where the terminal has become narrower, the
/// rows that it made of the line are taken away with it.
/// </summary>
internal static class StatusLine
{
    private const int UsualWidth = 80;

    private static readonly Lock Gate = new();
    private static int _length;

    /// <summary>Whether somebody looks: a terminal that knows control sequences.</summary>
    public static bool IsSeen { get; } = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Whether the terminal draws more than ASCII.</summary>
    public static bool IsUnicode { get; } = OperatingSystem.IsWindows()
        || new[] { "LC_ALL", "LC_CTYPE", "LANG" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value))?.Contains("UTF", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Characters of a line of the terminal; 80 where there is none.</summary>
    public static int Width
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 0 and int width ? width : UsualWidth;
            }
            catch (IOException)
            {
                return UsualWidth; // no window
            }
        }
    }

    /// <summary>Shows a text in place of the one before.</summary>
    public static void Show(string text)
    {
        lock (Gate)
        {
            int width = Width;
            string cut = text[..Math.Min(text.Length, Math.Max(width - 1, 1))];
            Console.Error.Write(_length >= width ? Removal(width) + cut : $"\r{cut.PadRight(_length)}");
            _length = cut.Length;
        }
    }

    /// <summary>Leaves the line as it is; what follows begins below.</summary>
    public static void Keep()
    {
        lock (Gate)
        {
            if (_length > 0)
            {
                Console.Error.WriteLine();
                _length = 0;
            }
        }
    }

    /// <summary>Takes the line away, so that another one may be written.</summary>
    public static void Clear()
    {
        lock (Gate)
        {
            if (_length > 0)
            {
                int width = Width;
                Console.Error.Write(_length >= width ? Removal(width) : $"\r{new string(' ', _length)}\r");
                _length = 0;
            }
        }
    }

    /// <summary>Up to the first of the rows that a longer line takes now, and away with all of them.</summary>
    private static string Removal(int width)
    {
        int above = (_length - 1) / width;
        return (above > 0 ? FormattableString.Invariant($"\r\u001b[{above}A") : "\r") + "\u001b[J"; // by 0 is by 1
    }
}
