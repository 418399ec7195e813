using System.Runtime.InteropServices;
using SkiaSharp;

namespace Quickstart;

/// <summary>One photograph: background, shadow, part, defect, then light and camera.</summary>
internal static class PartPicture
{
    /// <summary>Edge of the picture in pixels.</summary>
    public const int Size = 160;

    private static readonly SKRect Frame = new(0, 0, Size, Size);

    /// <summary>Paints a part in the given condition.</summary>
    /// <returns>A JPEG file.</returns>
    public static byte[] Paint(PartCondition condition, Random random)
    {
        var info = new SKImageInfo(Size, Size, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using SKSurface scene = SKSurface.Create(info);
        SKPoint light = RandomExtensions.Polar(1, random.Between(-2.6, -0.5)); // the lamp stands behind the bench, left or right
        PaintBackground(scene.Canvas, random);
        using (var part = new MachinedPart(random, condition == PartCondition.MissingHole))
        {
            part.Paint(scene.Canvas, light, random);
            PartDefects.PaintWear(scene.Canvas, part, random);
            if (condition == PartCondition.Scratched)
            {
                PartDefects.PaintScratch(scene.Canvas, part, light, random);
            }
            else if (condition == PartCondition.Dented)
            {
                PartDefects.PaintDents(scene.Canvas, part, light, random);
            }
        }

        PaintVignette(scene.Canvas, light, random);
        return Photograph(scene, info, random);
    }

    /// <summary>A bench: wood, rubber with ribs, felt or painted steel with a grid.</summary>
    private static void PaintBackground(SKCanvas canvas, Random random)
    {
        int texture = random.Next(4);
        float turn = random.Between(0, 360);
        canvas.Clear(texture switch
        {
            0 => SKColor.FromHsl(random.Between(20, 40), random.Between(15, 35), random.Between(25, 45)),
            1 => SKColor.FromHsl(0, 0, random.Between(8, 25)),
            2 => SKColor.FromHsl(random.Between(90, 240), random.Between(10, 25), random.Between(18, 38)),
            _ => SKColor.FromHsl(random.Between(180, 240), random.Between(0, 15), random.Between(50, 70)),
        });
        (float length, float width) = texture switch { 0 => (45f, 2.5f), 1 => (3f, 3f), 2 => (1.5f, 1.5f), _ => (35f, 35f) };
        PaintGrain(canvas, length, width, turn, random.Between(0.1, 0.35), random);
        if (texture == 0)
        {
            PaintGrain(canvas, 70, 12, turn, random.Between(0.1, 0.35), random);
        }

        if (texture is 1 or 3)
        {
            PaintRibs(canvas, turn, random);
        }
    }

    /// <summary>Lightens and darkens what is there by random patches of the given size: grain, brush lines, felt, clouds.</summary>
    public static void PaintGrain(SKCanvas canvas, float length, float width, float turn, float contrast, Random random)
    {
        const float Extent = Size * 1.5f; // covers the frame however it is turned
        var info = new SKImageInfo(2 + (int)(Extent / length), 2 + (int)(Extent / width), SKColorType.Gray8, SKAlphaType.Opaque);
        byte[] levels = new byte[info.BytesSize];
        random.NextBytes(levels);
        for (int i = 0; i < levels.Length; i++)
        {
            levels[i] = (byte)(127.5f + ((levels[i] - 127.5f) * contrast));
        }

        using SKImage grain = SKImage.FromPixelCopy(info, levels);
        using var paint = new SKPaint { BlendMode = SKBlendMode.Overlay, FilterQuality = SKFilterQuality.High };
        canvas.Save();
        canvas.Translate(Size / 2f, Size / 2f);
        canvas.RotateDegrees(turn);
        canvas.DrawImage(grain, new SKRect(-Extent / 2, -Extent / 2, Extent / 2, Extent / 2), paint);
        canvas.Restore();
    }

    private static void PaintRibs(SKCanvas canvas, float turn, Random random)
    {
        using var paint = new SKPaint
        {
            IsAntialias = true,
            StrokeWidth = random.Between(0.8, 2.5),
            Color = RandomExtensions.Grey(random.NextDouble(), random.Between(0.05, 0.25)),
        };
        float step = random.Between(9, 26);
        canvas.Save();
        canvas.RotateDegrees(turn, Size / 2f, Size / 2f);
        for (float x = -Size / 2f; x < Size * 1.5f; x += step)
        {
            canvas.DrawLine(x, -Size, x, Size * 2, paint);
        }

        canvas.Restore();
    }

    /// <summary>The light falls off with the distance from the lamp and towards the corners of the lens.</summary>
    private static void PaintVignette(SKCanvas canvas, SKPoint light, Random random)
    {
        var center = new SKPoint((Size / 2f) + (light.X * random.Between(0, 40)), (Size / 2f) + (light.Y * random.Between(0, 40)));
        using SKShader falloff = SKShader.CreateRadialGradient(
            center,
            Size,
            [SKColors.Transparent, RandomExtensions.Grey(0, random.Between(0.05, 0.5))],
            [0.2f, 1],
            SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = falloff };
        canvas.DrawRect(Frame, paint);
    }

    /// <summary>Focus, exposure and white balance, sensor noise, JPEG.</summary>
    private static byte[] Photograph(SKSurface scene, SKImageInfo info, Random random)
    {
        float focus = random.Between(0, 0.6), exposure = random.Between(0.8, 1.15), warmth = random.Between(-0.06, 0.06);
        using SKImage sharp = scene.Snapshot();
        using var bitmap = new SKBitmap(info);
        using (var canvas = new SKCanvas(bitmap))
        using (SKImageFilter blur = SKImageFilter.CreateBlur(focus, focus, SKShaderTileMode.Clamp, null))
        using (SKColorFilter balance = SKColorFilter.CreateColorMatrix(
        [
            exposure * (1 + warmth), 0, 0, 0, 0,
            0, exposure, 0, 0, 0,
            0, 0, exposure * (1 - warmth), 0, 0,
            0, 0, 0, 1, 0,
        ]))
        using (var paint = new SKPaint { ImageFilter = blur, ColorFilter = balance })
        {
            canvas.DrawImage(sharp, 0, 0, paint);
        }

        byte[] pixels = bitmap.Bytes;
        AddNoise(pixels, random.Between(1, 5), random);
        Marshal.Copy(pixels, 0, bitmap.GetPixels(), pixels.Length);
        using SKData jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, random.Next(78, 96));
        return jpeg.ToArray();
    }

    /// <summary>Adds noise that is near normal: the sum of three even bytes has mean 382.5 and standard deviation 128.</summary>
    private static void AddNoise(Span<byte> rgba, float deviation, Random random)
    {
        byte[] even = new byte[3 * (rgba.Length / 4)];
        random.NextBytes(even);
        for (int i = 0, k = 0; i < rgba.Length; i += 4, k += 3)
        {
            int noise = (int)MathF.Round((even[k] + even[k + 1] + even[k + 2] - 382.5f) * deviation / 128f);
            for (int c = i; c < i + 3; c++)
            {
                rgba[c] = (byte)Math.Clamp(rgba[c] + noise, 0, 255);
            }
        }
    }
}
