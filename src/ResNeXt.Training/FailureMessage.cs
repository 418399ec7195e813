using System.Runtime.InteropServices;

namespace ResNeXt.Training;

/// <summary>A failure in one line for people.</summary>
public static class FailureMessage
{
    /// <summary>
    /// The message without line breaks and control characters, for it may quote a file; without libtorch's native stack, with what helps when memory ran out; of a failed type
    /// initialiser, the reason; of a list, its summary.
    /// </summary>
    /// <param name="exception">The failure.</param>
    public static string Of(Exception exception)
    {
        string message = exception switch
        {
            TypeInitializationException => exception.GetBaseException().Message,
            WeightsMismatchException mismatch => mismatch.Summary,
            _ => exception.Message,
        };
        if (exception is ExternalException)
        {
            message = message.Split("Exception raised from", 2)[0];
            if (message.Contains("allocate", StringComparison.OrdinalIgnoreCase) || message.Contains("out of memory", StringComparison.OrdinalIgnoreCase))
            {
                message += " Use a smaller batch, image or network.";
            }
        }

        return PrintableText.Of(string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
    }
}
