using SkiaSharp;

namespace ProductPhotos;

/// <summary>Draws a toy in its world: a plane in the sky, a ship at sea, a car or a truck on the road. The same arguments give the same picture.</summary>
internal static class ToyPicture
{
    /// <summary>The picture's units: all is drawn as if it were so large, and scaled.</summary>
    private const float Width = 160, Height = 120, Horizon = 74;

    /// <param name="kind">What it shows.</param>
    /// <param name="hue">The toy's colour, 0 to 360.</param>
    /// <param name="seed">Weather, place and size.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels; what does not fit is cut off evenly.</param>
    public static byte[] Jpeg(ToyKind kind, float hue, int seed, int width, int height)
    {
        using SKSurface surface = SKSurface.Create(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        SKCanvas canvas = surface.Canvas;
        float scale = Math.Max(width / Width, height / Height);
        canvas.Translate(width / 2f, height / 2f);
        canvas.Scale(scale);
        canvas.Translate(-Width / 2, -Height / 2);

        var random = new Random(seed);
        PaintSky(canvas, random, kind);
        PaintGround(canvas, random, kind);
        canvas.Translate((Width / 2) + random.Next(-6, 7), kind == ToyKind.Plane ? 58 + random.Next(-8, 9) : 84 + random.Next(-2, 3));
        canvas.Scale((0.92f + (random.NextSingle() * 0.16f)) * Math.Min(1, width * Height / (height * Width))); // a square cuts the sides off
        if (random.Next(2) == 0)
        {
            canvas.Scale(-1, 1);
        }

        new ToyVehicle(canvas, hue).Paint(kind);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Jpeg, 88);
        return data.ToArray();
    }

    private static void PaintSky(SKCanvas canvas, Random random, ToyKind kind)
    {
        bool isEvening = kind == ToyKind.Ship && random.Next(3) > 0;
        (SKColor high, SKColor low) = isEvening
            ? (SKColor.FromHsl(250, 35, 45), SKColor.FromHsl(22, 90, 76))
            : (SKColor.FromHsl(random.Next(203, 216), 68, 56), SKColor.FromHsl(200, 70, 90));
        using SKShader gradient = SKShader.CreateLinearGradient(
            new SKPoint(0, 0), new SKPoint(0, kind == ToyKind.Plane ? Height : Horizon), [high, low], SKShaderTileMode.Clamp);
        using var sky = new SKPaint { Shader = gradient };
        canvas.DrawRect(-40, -40, Width + 80, Height + 80, sky);
        using var sun = new SKPaint { IsAntialias = true, Color = isEvening ? new SKColor(255, 236, 190) : new SKColor(255, 250, 220) };
        canvas.DrawCircle(random.Next(20, 140), isEvening ? Horizon - 9 : random.Next(14, 24), isEvening ? 11 : 8, sun);
        using SKMaskFilter soft = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, 1.6f);
        using var cloud = new SKPaint { IsAntialias = true, MaskFilter = soft, Color = SKColors.White.WithAlpha(isEvening ? (byte)90 : (byte)215) };
        int clouds = kind == ToyKind.Plane ? 6 : 3;
        for (int i = 0; i < clouds; i++)
        {
            float x = (i + random.NextSingle()) * Width / clouds, y = random.Next(8, kind == ToyKind.Plane ? 112 : 46), size = 4 + (random.NextSingle() * 5);
            canvas.DrawOval(x, y, size * 2.6f, size * 0.75f, cloud);
            canvas.DrawOval(x - size, y - (size * 0.5f), size * 1.1f, size * 0.9f, cloud);
            canvas.DrawOval(x + (size * 0.6f), y - (size * 0.7f), size * 1.3f, size * 1.1f, cloud);
        }
    }

    private static void PaintGround(SKCanvas canvas, Random random, ToyKind kind)
    {
        if (kind == ToyKind.Plane)
        {
            return;
        }

        using var paint = new SKPaint { IsAntialias = true };
        if (kind == ToyKind.Ship)
        {
            PaintSea(canvas, random, paint);
            return;
        }

        for (int row = 0; row < 2; row++)
        {
            paint.Color = SKColor.FromHsl(random.Next(95, 140), 34, 48 - (row * 9));
            for (int x = -20; x < 200; x += 40)
            {
                canvas.DrawOval(x + random.Next(20), Horizon + 4 + (row * 6), random.Next(30, 46), random.Next(12, 26), paint);
            }
        }

        paint.Color = SKColor.FromHsl(110, 32, 42);
        canvas.DrawRect(-40, Horizon + 2, Width + 80, 80, paint);
        paint.Color = SKColor.FromHsl(220, 6, 34);
        canvas.DrawRect(-40, 88, Width + 80, 28, paint);
        paint.Color = new SKColor(240, 232, 205);
        for (int x = -30 + random.Next(20); x < 190; x += 26)
        {
            canvas.DrawRect(x, 109, 14, 1.8f, paint);
        }
    }

    private static void PaintSea(SKCanvas canvas, Random random, SKPaint paint)
    {
        using SKShader water = SKShader.CreateLinearGradient(
            new SKPoint(0, Horizon), new SKPoint(0, Height), [SKColor.FromHsl(203, 50, 52), SKColor.FromHsl(212, 62, 28)], SKShaderTileMode.Clamp);
        paint.Shader = water;
        canvas.DrawRect(-40, Horizon, Width + 80, 90, paint);
        paint.Shader = null;
        for (int i = 0; i < 60; i++)
        {
            float depth = random.NextSingle(), y = Horizon + 2 + (depth * depth * 44);
            paint.Color = SKColors.White.WithAlpha((byte)random.Next(22, 80));
            canvas.DrawRoundRect(random.Next(-30, 180), y, 4 + (depth * 16), 0.5f + (depth * 0.9f), 1, 1, paint);
        }
    }
}
