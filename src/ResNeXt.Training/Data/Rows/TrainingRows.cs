using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.Training;

/// <summary>The rows of a pipeline as images with labels.</summary>
/// <param name="Images">Those with a label, in their order.</param>
/// <param name="Labels">The classes by their key, whether a row has them or not.</param>
/// <param name="Ignored">Rows whose label is missing.</param>
internal sealed record TrainingRows(IReadOnlyList<LabeledImage> Images, IReadOnlyList<string> Labels, int Ignored)
{
    /// <summary>Reads every row once.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="imageColumn">Name of the image column.</param>
    /// <param name="labelColumn">Name of the label column.</param>
    /// <param name="folder">For images that are no files.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type.</exception>
    /// <exception cref="InvalidDataException">There is no row with a label, or one without an image.</exception>
    /// <exception cref="IOException">An image cannot be written to the folder.</exception>
    public static TrainingRows Read(IDataView data, string imageColumn, string labelColumn, string folder, CancellationToken cancellation)
    {
        DataViewSchema.Column image = ImageColumn.Find(data.Schema, imageColumn), label = LabelColumn.Find(data.Schema, labelColumn);
        IReadOnlyList<string> labels = LabelColumn.Names(label);
        using DataViewRowCursor cursor = data.GetRowCursor([image, label]);
        Func<string> path = new ImageSpool(folder).Reader(cursor, image);
        ValueGetter<uint> key = cursor.GetGetter<uint>(label);
        var images = new List<LabeledImage>();
        int ignored = 0;
        uint number = 0;
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            key(ref number);
            if (number == 0)
            {
                ignored++;
                continue;
            }

            images.Add(new LabeledImage { ImagePath = path(), Label = labels[(int)number - 1] });
        }

        return images.Count > 0 ? new TrainingRows(images, labels, ignored)
            : ignored > 0 ? throw new InvalidDataException($"All {ignored} rows have a missing label in column '{labelColumn}': expected rows with a label.")
            : throw new InvalidDataException("The data has no rows: expected images with labels.");
    }
}
