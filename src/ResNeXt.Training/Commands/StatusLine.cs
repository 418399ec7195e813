namespace ResNeXt.Training;

/// <summary>A line on standard error at a terminal that the next one takes the place of, cut to the width of the terminal.</summary>
internal static class StatusLine
{
    private const int UsualWidth = 80;

    private static readonly Lock Gate = new();
    private static int _length;

    /// <summary>Shows a text in place of the one before.</summary>
    public static void Show(string text)
    {
        lock (Gate)
        {
            string cut = text[..Math.Min(text.Length, Math.Max(Width() - 1, 1))];
            Console.Error.Write($"\r{cut.PadRight(_length)}");
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
                Console.Error.Write($"\r{new string(' ', _length)}\r");
                _length = 0;
            }
        }
    }

    /// <summary>Characters of a line of the terminal; 80 where there is none.</summary>
    public static int Width()
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
