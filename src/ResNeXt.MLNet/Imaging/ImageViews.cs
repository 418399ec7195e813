namespace ResNeXt.MLNet;

/// <summary>Which squares of an image a network looks at.</summary>
public enum ImageViews
{
    /// <summary>The centre.</summary>
    Center,

    /// <summary>The centre and its mirror image.</summary>
    Flip,

    /// <summary>The four corners and the centre, of the image and of its mirror image (torchvision's <c>TenCrop</c>).</summary>
    TenCrop,
}
