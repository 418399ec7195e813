namespace ResNeXt.MLNet;

/// <summary>What happens to a photo whose file says that the camera was held on its side (EXIF orientation 2 to 8).</summary>
public enum ImageOrientation
{
    /// <summary>The photo is turned upright first, as people see it and as Pillow's <c>ImageOps.exif_transpose</c> does it.</summary>
    Apply,

    /// <summary>The pixels are taken as they are stored; what torchvision does.</summary>
    Ignore,
}
