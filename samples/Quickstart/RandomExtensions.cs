using SkiaSharp;

namespace Quickstart;

/// <summary>Draws from a <see cref="Random"/> in the units of a picture.</summary>
internal static class RandomExtensions
{
    public static float Between(this Random random, double low, double high) => (float)(low + ((high - low) * random.NextDouble()));

    public static bool Chance(this Random random, double probability) => random.NextDouble() < probability;

    /// <summary>A grey with an opacity of 0 to 1.</summary>
    public static SKColor Grey(double level, double opacity) =>
        new((byte)(level * 255), (byte)(level * 255), (byte)(level * 255), (byte)(opacity * 255));

    public static SKPoint Polar(float radius, float angle) => new(radius * MathF.Cos(angle), radius * MathF.Sin(angle));
}
