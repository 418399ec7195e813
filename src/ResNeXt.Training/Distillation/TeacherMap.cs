using System.Numerics.Tensors;

namespace ResNeXt.Training;

/// <summary>Looks a teacher's map up where a student looks.</summary>
internal static class TeacherMap
{
    /// <summary>
    /// Place k of either network is about the pixel that is k strides from the left edge of its square, as convolutions with padding have it. Between places it is linear, beyond
    /// the outer ones constant: PyTorch's <c>grid_sample</c> with <c>align_corners</c> and a border for padding.
    /// </summary>
    /// <param name="map">The teacher's map, <c>[h, w, C]</c>.</param>
    /// <param name="layout">Its sizes.</param>
    /// <param name="teacher">What the teacher saw.</param>
    /// <param name="student">What the student sees.</param>
    /// <param name="imageSize">Edge of the student's square.</param>
    /// <param name="stride">Pixels of it from place to place.</param>
    /// <param name="pooled">Receives the mean over the student's places, <c>[C]</c>.</param>
    /// <param name="places">Receives the map at them, <c>[edge, edge, C]</c>; empty where nobody asks.</param>
    public static void Sample(
        ReadOnlySpan<float> map, TeacherLayout layout, ImageView teacher, ImageView student, int imageSize, int stride, Span<float> pooled, Span<float> places)
    {
        int edge = (imageSize + stride - 1) / stride, channels = layout.Channels;
        Span<float> place = new float[channels];
        pooled.Clear();
        for (int i = 0; i < edge; i++)
        {
            double y = student.Y + ((double)i * stride / imageSize * student.Height);
            (int top, int bottom, float down) = Neighbours((y - teacher.Y) / teacher.Height, layout.Height);
            for (int j = 0; j < edge; j++)
            {
                int pixel = student.Flipped ? imageSize - 1 - (j * stride) : j * stride;
                double x = student.X + ((double)pixel / imageSize * student.Width);
                (int left, int right, float across) = Neighbours((x - teacher.X) / teacher.Width, layout.Width);
                TensorPrimitives.Multiply(At(map, top, left), (1 - down) * (1 - across), place);
                TensorPrimitives.MultiplyAdd(At(map, top, right), (1 - down) * across, place, place);
                TensorPrimitives.MultiplyAdd(At(map, bottom, left), down * (1 - across), place, place);
                TensorPrimitives.MultiplyAdd(At(map, bottom, right), down * across, place, place);
                TensorPrimitives.Add(pooled, place, pooled);
                if (!places.IsEmpty)
                {
                    place.CopyTo(places[(((i * edge) + j) * channels)..]);
                }
            }
        }

        TensorPrimitives.Divide(pooled, edge * edge, pooled);

        ReadOnlySpan<float> At(ReadOnlySpan<float> values, int row, int column) => values.Slice(((row * layout.Width) + column) * channels, channels);
    }

    /// <summary>The two places that a share of the teacher's square lies between, and how far it is from the first.</summary>
    private static (int First, int Second, float Share) Neighbours(double share, int count)
    {
        double at = Math.Clamp(share * count, 0, count - 1);
        int first = (int)at;
        return (first, Math.Min(first + 1, count - 1), (float)(at - first));
    }
}
