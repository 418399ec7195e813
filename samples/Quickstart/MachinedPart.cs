using SkiaSharp;
using static Quickstart.RandomExtensions;

namespace Quickstart;

/// <summary>A flange, a plate or a gear with a bore and a ring of holes: its shape, and how its metal looks.</summary>
internal sealed class MachinedPart : IDisposable
{
    private readonly SKPath _outline;
    private readonly SKPoint[] _holes;
    private readonly float _holeRadius;
    private readonly float _bore;

    /// <summary>Draws the dice for a part.</summary>
    /// <param name="random">The dice.</param>
    /// <param name="missesHole">Whether one place of the ring is not drilled: the blue of the marking-out is still there.</param>
    public MachinedPart(Random random, bool missesHole)
    {
        Radius = random.Between(52, 63);
        Center = new SKPoint(random.Between(75, 85), random.Between(75, 85));
        float turn = random.Between(0, Math.Tau);
        int shape = random.Next(3);
        _outline = shape switch { 0 => new SKPath(), 1 => PlateOutline(random), _ => GearOutline(random) };
        if (shape == 0)
        {
            _outline.AddCircle(0, 0, Radius);
        }

        _outline.Transform(SKMatrix.CreateRotation(turn).PostConcat(SKMatrix.CreateTranslation(Center.X, Center.Y)));
        float ring = Radius * (shape == 0 ? random.Between(0.66, 0.74) : random.Between(0.56, 0.62));
        int count = random.Next(5, 8);
        _holeRadius = Radius * random.Between(0.11, 0.14);
        _bore = Radius * random.Between(0.2, 0.32);
        _holes = [.. Enumerable.Range(0, count).Select(i => Center + Polar(ring, turn + (i * MathF.Tau / count)))];
        MissingHole = missesHole ? random.Next(count) : -1;

        Face = new SKPath(_outline) { FillType = SKPathFillType.EvenOdd };
        Face.AddCircle(Center.X, Center.Y, _bore);
        foreach (SKPoint hole in DrilledHoles)
        {
            Face.AddCircle(hole.X, hole.Y, _holeRadius);
        }
    }

    /// <summary>The metal: what is inside the outline and outside bore and holes.</summary>
    public SKPath Face { get; }

    public SKPoint Center { get; }

    public float Radius { get; }

    /// <summary>Index of the place that is not drilled, or -1.</summary>
    public int MissingHole { get; }

    private IEnumerable<SKPoint> DrilledHoles => _holes.Where((_, i) => i != MissingHole);

    /// <summary>Paints shadow, metal, finish, holes and bevels.</summary>
    public void Paint(SKCanvas canvas, SKPoint light, Random random)
    {
        PaintShadow(canvas, light, random);
        canvas.Save();
        canvas.ClipPath(Face, SKClipOperation.Intersect, antialias: true);
        MetalFinish.Paint(canvas, Center, Radius, light, random);
        PaintSpotFaces(canvas, random);
        canvas.Restore();
        PaintBevels(canvas, light, random);
    }

    /// <summary>Whether a disc of this radius lies on the metal, clear of holes and edges.</summary>
    public bool Carries(SKPoint point, float radius) =>
        Enumerable.Range(0, 8).Select(i => point + Polar(radius, i * MathF.Tau / 8)).Append(point).All(p => Face.Contains(p.X, p.Y))
        && _holes.All(hole => SKPoint.Distance(hole, point) > _holeRadius + radius)
        && SKPoint.Distance(Center, point) > _bore + radius;

    /// <summary>Any point of the metal with room for a disc of this radius, or for the largest that fits.</summary>
    public SKPoint AnyPlace(float radius, Random random)
    {
        for (int attempt = 0; ; attempt++)
        {
            SKPoint point = Center + Polar(Radius * MathF.Sqrt(random.NextSingle()), random.Between(0, Math.Tau));
            if (Carries(point, radius * MathF.Pow(0.98f, attempt)))
            {
                return point;
            }
        }
    }

    public void Dispose()
    {
        _outline.Dispose();
        Face.Dispose();
    }

    private SKPath PlateOutline(Random random)
    {
        float half = Radius * random.Between(0.8, 0.88), other = half * random.Between(0.9, 1), corner = Radius * random.Between(0.08, 0.35);
        var path = new SKPath();
        path.AddRoundRect(new SKRect(-half, -other, half, other), corner, corner);
        return path;
    }

    private SKPath GearOutline(Random random)
    {
        int teeth = random.Next(14, 25);
        float root = Radius * random.Between(0.85, 0.9), pitch = MathF.Tau / teeth;
        var path = new SKPath();
        for (int i = 0; i < teeth; i++)
        {
            foreach ((float radius, float place) in new[] { (root, 0f), (root, 0.4f), (Radius, 0.52f), (Radius, 0.88f) })
            {
                SKPoint point = Polar(radius, (i + place) * pitch);
                if (path.IsEmpty)
                {
                    path.MoveTo(point);
                }
                else
                {
                    path.LineTo(point);
                }
            }
        }

        path.Close();
        return path;
    }

    private void PaintShadow(SKCanvas canvas, SKPoint light, Random random)
    {
        float height = random.Between(2, 6);
        using SKMaskFilter soft = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, random.Between(1.5, 4));
        using var paint = new SKPaint { IsAntialias = true, Color = Grey(0, random.Between(0.35, 0.7)), MaskFilter = soft };
        canvas.Save();
        canvas.Translate(-light.X * height, -light.Y * height);
        canvas.DrawPath(Face, paint);
        canvas.Restore();
    }

    /// <summary>The machined seat around each place of the ring, drilled or not.</summary>
    private void PaintSpotFaces(SKCanvas canvas, Random random)
    {
        using var seat = new SKPaint { IsAntialias = true, Color = Grey(random.Next(2), random.Between(0.04, 0.16)) };
        using var rim = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 0.8f, Color = Grey(0, random.Between(0.1, 0.3)) };
        float radius = _holeRadius * random.Between(1.5, 1.7);
        foreach (SKPoint place in _holes)
        {
            canvas.DrawCircle(place, radius, seat);
            canvas.DrawCircle(place, radius, rim);
        }

        if (MissingHole >= 0)
        {
            SKPoint place = _holes[MissingHole];
            using var dye = new SKPaint { IsAntialias = true, Color = new SKColor(30, 60, 190, (byte)random.Next(110, 190)) }; // layout dye
            using var scribed = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 1.2f, Color = Grey(0, 0.6) };
            using var punch = new SKPaint { IsAntialias = true, Color = Grey(1, 0.8) };
            canvas.DrawCircle(place, radius, dye);
            canvas.DrawCircle(place, radius, scribed);
            canvas.DrawCircle(place, 1.6f, punch);
        }
    }

    /// <summary>Bright edges towards the light and dark ones away from it; the other way round in bore and holes.</summary>
    private void PaintBevels(SKCanvas canvas, SKPoint light, Random random)
    {
        float strength = random.Between(0.3, 0.75), width = random.Between(1, 1.8);
        using var edge = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = width };
        using SKShader outer = Bevel(Center, Radius, light, strength);
        edge.Shader = outer;
        canvas.DrawPath(_outline, edge);
        var away = new SKPoint(-light.X, -light.Y);
        foreach ((SKPoint center, float radius) in DrilledHoles.Select(hole => (hole, _holeRadius)).Append((Center, _bore)))
        {
            using var depth = new SKPaint { IsAntialias = true, Color = Grey(0, 0.65) };
            using SKShader inner = Bevel(center, radius, away, strength);
            edge.Shader = inner;
            canvas.DrawCircle(center, radius, depth);
            canvas.DrawCircle(center, radius, edge);
        }
    }

    private static SKShader Bevel(SKPoint center, float radius, SKPoint light, float strength)
    {
        var reach = new SKPoint(light.X * radius, light.Y * radius);
        return SKShader.CreateLinearGradient(center + reach, center - reach, [Grey(1, strength), Grey(0, strength)], SKShaderTileMode.Clamp);
    }
}
