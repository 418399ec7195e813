namespace ResNeXt.MLNet;

/// <summary>What the resize before the crop brings to the resize size.</summary>
public enum ImageFit
{
    /// <summary>The shorter side; the longer one keeps its proportion. torchvision's <c>Resize(R)</c>.</summary>
    ShorterSide,

    /// <summary>Both sides: nothing of a long image is cut off, but it is squeezed. torchvision's <c>Resize((R, R))</c>.</summary>
    BothSides,
}
