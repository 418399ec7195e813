using SkiaSharp;
using static Quickstart.RandomExtensions;

namespace Quickstart;

/// <summary>How the metal of a part looks: its colour, how it was worked, what it reflects.</summary>
internal static class MetalFinish
{
    /// <summary>Paints the metal over the whole canvas; the caller clips.</summary>
    public static void Paint(SKCanvas canvas, SKPoint center, float radius, SKPoint light, Random random)
    {
        bool warm = random.Chance(0.25); // brass, else steel or aluminium
        float hue = warm ? random.Between(35, 50) : random.Between(190, 230), saturation = warm ? random.Between(20, 45) : random.Between(0, 10);
        float level = random.Between(46, 62), slope = random.Between(3, 12);
        var reach = new SKPoint(light.X * radius, light.Y * radius);
        using SKShader gradient = SKShader.CreateLinearGradient(
            center + reach,
            center - reach,
            [SKColor.FromHsl(hue, saturation, level + slope), SKColor.FromHsl(hue, saturation, level - slope)],
            SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = gradient };
        canvas.DrawPaint(paint);
        if (random.Chance(0.5))
        {
            PartPicture.PaintGrain(canvas, 90, random.Between(0.9, 2), random.Between(0, 360), random.Between(0.05, 0.18), random);
            PaintGlare(canvas, center, radius, random);
        }
        else
        {
            PaintTurning(canvas, center, radius, light, random);
        }
    }

    /// <summary>A soft reflection of the lamp.</summary>
    private static void PaintGlare(SKCanvas canvas, SKPoint center, float radius, Random random)
    {
        SKPoint place = center + Polar(radius * random.Between(0, 0.9), random.Between(0, Math.Tau));
        using SKShader glow = SKShader.CreateRadialGradient(
            place,
            radius * random.Between(0.3, 0.9),
            [Grey(1, random.Between(0.05, 0.5)), SKColors.White.WithAlpha(0)],
            SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = glow };
        canvas.DrawPaint(paint);
    }

    /// <summary>The rings that a lathe leaves and the two bright wedges that they reflect.</summary>
    private static void PaintTurning(SKCanvas canvas, SKPoint center, float radius, SKPoint light, Random random)
    {
        byte bright = (byte)random.Next(30, 120);
        SKColor shine = SKColors.White.WithAlpha(bright), none = SKColors.White.WithAlpha(0);
        float start = MathF.Atan2(light.Y, light.X) + (MathF.PI / 2);
        using SKShader wedges = SKShader.CreateSweepGradient(center, [shine, none, none, shine, none, none, shine], [0, 0.12f, 0.38f, 0.5f, 0.62f, 0.88f, 1]);
        using SKShader turned = wedges.WithLocalMatrix(SKMatrix.CreateRotation(start, center.X, center.Y));
        using var wedge = new SKPaint { Shader = turned };
        canvas.DrawPaint(wedge);

        using var ring = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 1 };
        float opacity = random.Between(0.03, 0.1);
        for (float r = radius * 0.2f; r < radius * 1.2f; r += random.Between(1, 3))
        {
            ring.Color = Grey(random.Next(2), opacity * random.NextSingle());
            canvas.DrawCircle(center, r, ring);
        }
    }
}
