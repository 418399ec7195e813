namespace ResNeXt.MLNet;

/// <summary>Where pixels go: the arithmetic of torchvision's <c>Resize</c> and <c>CenterCrop</c>.</summary>
internal static class ResizeGeometry
{
    /// <summary>The size after the shorter side is brought to <paramref name="edge"/>: <c>long = int(edge * long / short)</c>.</summary>
    public static (int Width, int Height) ShorterSideTo(int edge, int width, int height) =>
        width <= height
            ? (edge, checked((int)((long)edge * height / width)))
            : (checked((int)((long)edge * width / height)), edge);

    /// <summary>The first row or column of a centre crop: <c>round((length - crop) / 2)</c>, halves to even.</summary>
    public static int CenterCropOffset(int length, int crop) => (int)Math.Round((length - crop) / 2.0, MidpointRounding.ToEven);
}
