using System.Numerics.Tensors;
using System.Text.Json;

namespace ResNeXt.Training;

/// <summary>What a teacher's features are like over the training photos, channel for channel: what they are standardised by.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Std">Standard deviation of a whole photo's mean from photo to photo; never 0.</param>
/// <param name="PlaceStd">Standard deviation from place to place, of all photos; never 0.</param>
internal sealed record TeacherStatistics(double[] Mean, double[] Std, double[] PlaceStd)
{
    /// <summary>A channel that hardly changes must not become the largest.</summary>
    private const double LeastRelativeStd = 1e-6;

    /// <summary>From sums over photos.</summary>
    public static TeacherStatistics Of(Sums sums, TeacherLayout layout)
    {
        double photos = Math.Max(1, sums.Photos), places = photos * layout.Height * layout.Width;
        double[] mean = [.. sums.Pooled.Select(sum => sum / photos)];
        double[] std = [.. sums.PooledSquares.Zip(mean, (sum, center) => Math.Sqrt(Math.Max(0, (sum / photos) - (center * center))))];
        double[] placeStd = [.. sums.PlaceSquares.Zip(mean, (sum, center) => Math.Sqrt(Math.Max(0, (sum / places) - (center * center))))];
        return new TeacherStatistics(mean, Floored(std), Floored(placeStd));
    }

    public string ToJson() => JsonSerializer.Serialize(this);

    public static TeacherStatistics FromJson(string json) => JsonSerializer.Deserialize<TeacherStatistics>(json)!;

    private static double[] Floored(double[] std)
    {
        double least = std.Length == 0 || std.Max() == 0 ? 1 : std.Max() * LeastRelativeStd;
        return [.. std.Select(value => Math.Max(value, least))];
    }

    /// <summary>Sums over photos, in double precision. Those of parts are added in the order of the photos: the same bits, however they came about.</summary>
    public sealed class Sums(int channels)
    {
        public long Photos { get; private set; }

        public double[] Pooled { get; } = new double[channels];

        public double[] PooledSquares { get; } = new double[channels];

        public double[] PlaceSquares { get; } = new double[channels];

        /// <param name="features">Of one photo, <c>[places, channels]</c>.</param>
        public void Add(ReadOnlySpan<float> features)
        {
            int places = features.Length / Math.Max(1, channels);
            Photos++;
            for (int channel = 0; channel < channels; channel++)
            {
                double sum = 0, squares = 0;
                for (int place = 0; place < places; place++)
                {
                    double value = features[(place * channels) + channel];
                    sum += value;
                    squares += value * value;
                }

                double mean = sum / places;
                Pooled[channel] += mean;
                PooledSquares[channel] += mean * mean;
                PlaceSquares[channel] += squares;
            }
        }

        public void Add(Sums other)
        {
            Photos += other.Photos;
            TensorPrimitives.Add<double>(Pooled, other.Pooled, Pooled);
            TensorPrimitives.Add<double>(PooledSquares, other.PooledSquares, PooledSquares);
            TensorPrimitives.Add<double>(PlaceSquares, other.PlaceSquares, PlaceSquares);
        }
    }
}
