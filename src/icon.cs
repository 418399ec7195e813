#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
#:property PublishAot=false

// Draws icon.png, the packages' icon: a block of a ResNeXt, many equal paths between a split and a sum. dotnet run src/icon.cs
using SkiaSharp;

const int Size = 256;
using var bitmap = new SKBitmap(Size, Size);
using var canvas = new SKCanvas(bitmap);
canvas.Clear(SKColors.Transparent);
using var back = new SKPaint { IsAntialias = true };
back.Shader = SKShader.CreateLinearGradient(new SKPoint(0, 0), new SKPoint(Size, Size), [SKColor.Parse("#6a3fd8"), SKColor.Parse("#1f6fc4")], SKShaderTileMode.Clamp);
canvas.DrawRoundRect(new SKRect(8, 8, Size - 8, Size - 8), 52, 52, back);

using var line = new SKPaint { Color = SKColors.White, IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 9, StrokeCap = SKStrokeCap.Round };
using var dot = new SKPaint { Color = SKColors.White, IsAntialias = true };
foreach (float x in (float[])[64, 107, 149, 192])
{
    using var path = new SKPath();
    path.MoveTo(128, 46);
    path.CubicTo(128, 76, x, 66, x, 96);
    path.LineTo(x, 160);
    path.CubicTo(x, 190, 128, 180, 128, 206);
    canvas.DrawPath(path, line);
    canvas.DrawRoundRect(new SKRect(x - 15, 110, x + 15, 146), 8, 8, dot);
}

canvas.DrawCircle(128, 44, 15, dot);
canvas.DrawCircle(128, 210, 20, dot);
using var plus = new SKPaint { Color = SKColor.Parse("#3d58cc"), IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 6, StrokeCap = SKStrokeCap.Round };
canvas.DrawLine(118, 210, 138, 210, plus);
canvas.DrawLine(128, 200, 128, 220, plus);

using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
using FileStream file = File.Create("src/icon.png");
png.SaveTo(file);
