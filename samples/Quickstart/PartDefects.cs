using SkiaSharp;
using static Quickstart.RandomExtensions;

namespace Quickstart;

/// <summary>What happens to parts: the wear that is allowed, and the damage that is not.</summary>
internal static class PartDefects
{
    /// <summary>Stains, smears and dust: every part has some, whatever its class.</summary>
    public static void PaintWear(SKCanvas canvas, MachinedPart part, Random random)
    {
        canvas.Save();
        canvas.ClipPath(part.Face, SKClipOperation.Intersect, antialias: true);
        for (int i = random.Next(4); i > 0; i--)
        {
            using SKMaskFilter soft = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, random.Between(2, 4));
            using var stain = new SKPaint { Color = Grey(random.NextDouble() * 0.5, random.Between(0.05, 0.18)), MaskFilter = soft };
            SKPoint place = part.AnyPlace(2, random);
            canvas.DrawOval(place.X, place.Y, random.Between(3, 12), random.Between(2, 6), stain);
        }

        using var dust = new SKPaint { IsAntialias = true };
        for (int i = random.Next(12); i > 0; i--)
        {
            dust.Color = Grey(random.NextDouble(), random.Between(0.1, 0.45));
            canvas.DrawCircle(part.AnyPlace(1, random), random.Between(0.4, 1), dust);
        }

        canvas.Restore();
    }

    /// <summary>Four to six furrows side by side: dark lines with a bright burr on the side away from the light.</summary>
    public static void PaintScratch(SKCanvas canvas, MachinedPart part, SKPoint light, Random random)
    {
        canvas.Save();
        canvas.ClipPath(part.Face, SKClipOperation.Intersect, antialias: true);
        SKPoint start = part.AnyPlace(4, random);
        SKPoint course = CourseOver(part, start, random);
        float width = random.Between(1.8, 2.6), depth = random.Between(0.75, 0.95);
        for (int i = random.Next(3, 6); i >= 0; i--)
        {
            float aside = (i - 2) * 0.12f, share = random.Between(0.6, 1);
            var beside = new SKPoint(start.X - (course.Y * aside), start.Y + (course.X * aside));
            PaintFurrow(canvas, beside, new SKPoint(course.X * share, course.Y * share), light, width, depth, random);
        }

        canvas.Restore();
    }

    /// <summary>Three or four hollows.</summary>
    public static void PaintDents(SKCanvas canvas, MachinedPart part, SKPoint light, Random random)
    {
        for (int i = random.Next(3, 5); i > 0; i--)
        {
            PaintDent(canvas, part, light, random);
        }
    }

    /// <summary>A hollow: dark on the side of the light, bright on the far side, with a soft rim.</summary>
    private static void PaintDent(SKCanvas canvas, MachinedPart part, SKPoint light, Random random)
    {
        float radius = random.Between(13, 18), depth = random.Between(0.85, 1);
        SKPoint place = part.AnyPlace(radius, random);
        var reach = new SKPoint(light.X * radius, light.Y * radius);
        using SKShader slope = SKShader.CreateLinearGradient(
            place + reach,
            place - reach,
            [Grey(0, depth), Grey(0, depth * 0.35), Grey(1, depth * 0.35), Grey(1, depth)],
            [0, 0.45f, 0.55f, 1],
            SKShaderTileMode.Clamp);
        using SKMaskFilter soft = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, random.Between(0.8, 1.6));
        using var paint = new SKPaint { Shader = slope, MaskFilter = soft, IsAntialias = true };
        using var hollow = new SKPath();
        hollow.AddOval(new SKRect(-radius, -radius * random.Between(0.75, 1), radius, radius * random.Between(0.75, 1)));
        hollow.Transform(SKMatrix.CreateRotation(random.Between(0, Math.PI)).PostConcat(SKMatrix.CreateTranslation(place.X, place.Y)));
        canvas.Save();
        canvas.ClipPath(part.Face, SKClipOperation.Intersect, antialias: true);
        canvas.DrawPath(hollow, paint);
        canvas.Restore();
    }

    /// <summary>Of some courses the one with most metal under it.</summary>
    private static SKPoint CourseOver(MachinedPart part, SKPoint start, Random random)
    {
        float length = part.Radius * random.Between(0.75, 1.2);
        return Enumerable.Range(0, 12)
            .Select(_ => Polar(length, random.Between(0, Math.Tau)))
            .MaxBy(course => Enumerable.Range(1, 10).Count(i => part.Face.Contains(start.X + (course.X * i / 10), start.Y + (course.Y * i / 10))));
    }

    private static void PaintFurrow(SKCanvas canvas, SKPoint start, SKPoint course, SKPoint light, float width, float depth, Random random)
    {
        using var path = new SKPath();
        path.MoveTo(start);
        float bend = random.Between(-0.25, 0.25);
        var middle = new SKPoint(start.X + (course.X / 2) - (course.Y * bend), start.Y + (course.Y / 2) + (course.X * bend));
        path.QuadTo(middle, start + course);
        using var line = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeCap = SKStrokeCap.Round, StrokeWidth = width };
        canvas.Save();
        canvas.Translate(-light.X * width * 0.7f, -light.Y * width * 0.7f);
        line.Color = Grey(1, depth);
        canvas.DrawPath(path, line);
        canvas.Restore();
        line.Color = Grey(0.05, depth);
        canvas.DrawPath(path, line);
    }
}
