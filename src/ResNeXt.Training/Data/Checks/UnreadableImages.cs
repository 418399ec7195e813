using System.Collections.Concurrent;

namespace ResNeXt.Training;

/// <summary>One image that cannot be read is seldom alone: all are listed, so that they can be mended in one go.</summary>
internal static class UnreadableImages
{
    /// <summary>Whether an exception means that an image cannot be had.</summary>
    public static bool IsReason(Exception exception) => exception is InvalidDataException or IOException or UnauthorizedAccessException;

    /// <summary>Decodes every image and tells of each that cannot be read.</summary>
    /// <exception cref="InvalidDataException">There is one; the message is that of the first, with the number of the others.</exception>
    public static void Refuse(DataSplit data, ImageOrientation orientation, Action<string>? log, CancellationToken cancellation)
    {
        Sample[] samples = [.. data.Training, .. data.Validation];
        var work = new SlowWork("looking for images that cannot be read", samples.Length, log);
        var found = new ConcurrentDictionary<int, Exception>();
        ParallelWork.For(samples.Length, Decode, cancellation);
        Exception[] failures = [.. found.OrderBy(pair => pair.Key).Select(pair => pair.Value)];
        if (failures.Length == 0)
        {
            return;
        }

        if (failures.Length > 1)
        {
            foreach (Exception failure in failures)
            {
                log?.Invoke($"unreadable: {failure.Message}");
            }
        }

        string others = failures.Length == 1 ? "" : FormattableString.Invariant($" With it {failures.Length} of {samples.Length} images cannot be read: mend or remove them.");
        throw new InvalidDataException(failures[0].Message + others, failures[0]);

        void Decode(int i)
        {
            try
            {
                ImageDecoder.DecodeFile(samples[i].Path, orientation).Dispose();
            }
            catch (Exception exception) when (IsReason(exception))
            {
                found[i] = exception;
            }

            work.Done();
        }
    }
}
