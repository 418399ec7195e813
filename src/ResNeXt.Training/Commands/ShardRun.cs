using System.CommandLine;

namespace ResNeXt.Training;

/// <summary>What the verbs that work in shards have in common: write the part, unless it is there, and say what became of it.</summary>
internal static class ShardRun
{
    /// <param name="context">The command's.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="job">Where the part goes.</param>
    /// <param name="info">What it will say of itself.</param>
    /// <param name="files">What was found, of the whole list.</param>
    /// <param name="skipped">Told of every image that could not be read.</param>
    /// <param name="scored">The shard's images and their values, in order; not begun where the part is there.</param>
    public static int Run(CommandContext context, ParseResult parse, ShardJob job, PartInfo info, FileTally files, SkippedImages skipped, IEnumerable<(ScoredImage Image, float[] Values)> scored)
    {
        bool done = job.IsDone(info);
        var display = new CountDisplay();
        int read = 0;
        if (!done)
        {
            PartFile.Write(job.Part, info, Rows());
        }

        double rate = display.Rate(read);
        context.Print(
            parse,
            new { info.Shard, info.Shards, Count = read - skipped.Count, Skipped = skipped.Count, AlreadyDone = done, ImagesPerSecond = rate, Part = job.Part, SkippedImages = skipped.Images, Files = files },
            [done ? $"{job.Part} is there already" : FormattableString.Invariant($"{read - skipped.Count} images ({skipped.Count} skipped), {rate:F1} images/s: {job.Part}")]);
        return 0;

        IEnumerable<PartRow> Rows()
        {
            float[] nothing = [.. Enumerable.Repeat(float.NaN, info.Columns.Count)];
            int unreachable = 0;
            foreach ((ScoredImage image, float[] values) in scored)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                display.Report(++read, info.Rows);
                if (image.Error is not null)
                {
                    skipped.Add(image);
                    unreachable += image.Error is IOException or UnauthorizedAccessException ? 1 : 0;
                }

                yield return new PartRow(image.Name, image.Error?.Message ?? "", image.Error is null ? values : nothing);
            }

            if (read > 0 && unreachable == read)
            {
                throw new InvalidDataException($"None of the {read} images of the shard could be opened, so their storage is missing rather than they: no part was written. The first: {skipped.Images[0].Error}");
            }
        }
    }
}
