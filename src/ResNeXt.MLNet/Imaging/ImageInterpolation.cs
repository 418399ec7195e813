namespace ResNeXt.MLNet;

/// <summary>The filter of a resize. Both are antialiased when they shrink, as Pillow does it.</summary>
public enum ImageInterpolation
{
    /// <summary>Triangle filter; torchvision's default.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5; the filter of the paper's own code.</summary>
    Bicubic,
}
