using SkiaSharp;

namespace ProductPhotos;

/// <summary>A toy, seen from its side, heading to the right, around the origin; about 110 units long.</summary>
internal sealed class ToyVehicle(SKCanvas canvas, float hue)
{
    private static readonly SKColor Glass = new(196, 226, 240), Dark = new(34, 38, 46), Metal = new(214, 218, 224);

    private readonly SKColor _body = SKColor.FromHsl(hue, 68, 50), _shade = SKColor.FromHsl(hue, 66, 37), _light = SKColor.FromHsl(hue, 74, 64);

    public void Paint(ToyKind kind)
    {
        switch (kind)
        {
            case ToyKind.Plane:
                Plane();
                break;
            case ToyKind.Car:
                Car();
                break;
            case ToyKind.Ship:
                Ship();
                break;
            default:
                Truck();
                break;
        }
    }

    private void Plane()
    {
        canvas.RotateDegrees(-9);
        Shape(_shade, "M-8 2 L-30 -20 L-21 -20 L14 0 Z"); // the wing behind
        Shape(SKColors.White, "M-54 -5 C-54 -10 -46 -11 -34 -11 L30 -11 C46 -11 57 -4 58 1 C57 6 44 10 26 10 L-22 10 C-36 10 -50 4 -54 -5 Z");
        Shape(Metal, "M-53 -2 C-48 5 -36 10 -22 10 L26 10 C44 10 57 6 58 1 C46 5 20 5 -20 4 C-36 4 -46 2 -53 -2 Z");
        Shape(_body, "M-56 -32 L-46 -32 L-32 -11 L-50 -9 Z"); // the fin
        Shape(_shade, "M-54 -5 L-66 -13 L-59 -14 L-42 -7 Z");
        Shape(_body, "M-53 -3 L56 -1 L57.5 1.6 L-51 0.8 Z"); // the stripe
        Shape(_body, "M16 3 L-22 33 L-12 34 L32 5 Z"); // the wing before
        Shape(_light, "M16 3 L-22 33 L-19.6 33.2 L20 3.4 Z");
        Round(_shade, 2, 13, 22, 9, 4.5f);
        Round(Dark, 20, 14, 4, 7, 2);
        for (int i = 0; i < 10; i++)
        {
            Round(new SKColor(72, 112, 150), -34 + (i * 7), -7, 3.6f, 3.8f, 1.6f);
        }

        Shape(new SKColor(72, 112, 150), "M42 -7.5 C47 -6 51 -4.5 53 -2.6 L43 -2.6 Z");
    }

    private void Ship()
    {
        Shape(SKColors.White.WithAlpha(120), "M-60 18 C-40 14 40 14 64 18 C40 23 -40 23 -60 18 Z"); // the wake
        Round(_body, -8, -48, 11, 22, 1.5f); // the funnels
        Round(_body, 9, -46, 11, 20, 1.5f);
        Round(Dark, -8, -48, 11, 5, 1.5f);
        Round(Dark, 9, -46, 11, 5, 1.5f);
        Smoke(-3, -54);
        Round(SKColors.White, -30, -28, 64, 13, 2);
        Round(new SKColor(240, 242, 245), -38, -17, 82, 16, 2);
        for (int i = 0; i < 8; i++)
        {
            Round(new SKColor(66, 100, 138), -26 + (i * 7.3f), -24, 4.2f, 4.2f, 2.1f);
            Round(new SKColor(66, 100, 138), -33 + (i * 9), -12, 5, 4.6f, 2.3f);
        }

        Line(Dark, 38, -17, 44, -42, 1.2f);
        Shape(_light, "M44 -42 L44 -33 L57 -37 Z"); // the flag
        Shape(_shade, "M-56 -3 L62 -5 C60 6 54 14 48 19 L-46 19 C-52 14 -55 6 -56 -3 Z");
        Shape(_body, "M-56 -3 L62 -5 C61 2 58 7 55 11 L-52.5 11 C-54.5 7 -55.6 2 -56 -3 Z");
        Shape(SKColors.White, "M-56 -3 L62 -5 L61.6 -2.4 L-55.8 -0.4 Z");
        Shape(SKColors.White.WithAlpha(190), "M-50 20 C-38 15 -30 21 -18 18 C-6 15 4 21 16 18 C28 15 38 21 54 17 L54 22 L-50 23 Z"); // the bow wave
    }

    private void Car()
    {
        Shadow(58);
        Shape(_body, "M-54 10 C-56 -2 -52 -8 -40 -10 L-29 -12 C-22 -24 -15 -29 -4 -29 L10 -29 C22 -29 30 -22 37 -11 C49 -9 56 -5 57 4 L57 11 C57 14 55 16 52 16 L-49 16 C-53 16 -54 14 -54 10 Z");
        Shape(_shade, "M-54 7 L57 6 L57 11 C57 14 55 16 52 16 L-49 16 C-53 16 -54 14 -54 7 Z");
        Shape(Glass, "M-24 -12 C-18 -21 -13 -24.5 -4 -24.5 L1 -24.5 L1 -11.5 Z");
        Shape(Glass, "M5 -24.5 L10 -24.5 C19 -24.5 25 -19 30.5 -11 L5 -11.5 Z");
        Shape(SKColors.White.WithAlpha(110), "M-12 -23 L-5 -24.5 L-15 -12 L-22 -12 Z");
        Line(_shade, 3, -10, 4, 11, 1);
        Line(_light, -45, -7, 45, -7.5f, 1.4f);
        Round(Dark, 8, -6, 7, 1.8f, 0.9f);
        Round(new SKColor(255, 240, 190), 50, -4, 7, 5, 2.4f);
        Round(new SKColor(220, 50, 40), -54.5f, -4, 5, 6, 2);
        Wheel(-32, 15, 11.5f);
        Wheel(34, 15, 11.5f);
    }

    private void Truck()
    {
        Shadow(62);
        Round(Dark, -58, 8, 114, 7, 2);
        Round(new SKColor(243, 241, 234), -60, -40, 74, 49, 2.5f);
        Round(_body, -60, -22, 74, 10, 0);
        Round(_light, -60, -10, 74, 3, 0);
        Shape(_body, "M17 -30 L36 -30 C42 -30 46 -25 50 -12 L58 -8 C60 -6 60 -3 60 2 L60 13 L17 13 Z");
        Shape(_shade, "M17 4 L60 4 L60 13 L17 13 Z");
        Shape(Glass, "M24 -25 L35 -25 C39 -25 42 -20 45 -11 L24 -11 Z");
        Shape(SKColors.White.WithAlpha(110), "M31 -25 L35 -25 L29 -11 L25 -11 Z");
        Round(new SKColor(255, 240, 190), 54.5f, -2, 5.5f, 6, 2);
        Round(Metal, 52, 9, 11, 4, 1.5f);
        Line(_shade, 22, -9, 22, 8, 1);
        Wheel(-44, 16, 11);
        Wheel(-18, 16, 11);
        Wheel(40, 16, 11);
    }

    private void Shadow(float half)
    {
        using SKMaskFilter soft = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, 2.4f);
        using var paint = new SKPaint { IsAntialias = true, MaskFilter = soft, Color = SKColors.Black.WithAlpha(120) };
        canvas.DrawOval(0, 26, half, 4.5f, paint);
    }

    private void Wheel(float x, float y, float radius)
    {
        Circle(Dark, x, y, radius);
        Circle(Metal, x, y, radius * 0.58f);
        Circle(_shade, x, y, radius * 0.2f);
    }

    private void Smoke(float x, float y)
    {
        using SKMaskFilter soft = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, 1.4f);
        using var paint = new SKPaint { IsAntialias = true, MaskFilter = soft, Color = new SKColor(240, 240, 244, 150) };
        for (int i = 0; i < 4; i++)
        {
            canvas.DrawCircle(x - (i * 7), y - (i * 2.4f), 3.4f + i, paint);
        }
    }

    private void Shape(SKColor color, string path)
    {
        using SKPath shape = SKPath.ParseSvgPathData(path);
        using SKPaint paint = Fill(color);
        canvas.DrawPath(shape, paint);
    }

    private void Round(SKColor color, float x, float y, float width, float height, float radius)
    {
        using SKPaint paint = Fill(color);
        canvas.DrawRoundRect(x, y, width, height, radius, radius, paint);
    }

    private void Circle(SKColor color, float x, float y, float radius)
    {
        using SKPaint paint = Fill(color);
        canvas.DrawCircle(x, y, radius, paint);
    }

    private void Line(SKColor color, float x0, float y0, float x1, float y1, float width)
    {
        using SKPaint paint = Fill(color);
        paint.StrokeWidth = width;
        canvas.DrawLine(x0, y0, x1, y1, paint);
    }

    private static SKPaint Fill(SKColor color) => new() { IsAntialias = true, Color = color };
}
