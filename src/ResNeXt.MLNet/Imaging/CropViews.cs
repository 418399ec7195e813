namespace ResNeXt.MLNet;

/// <summary>Where the views of an image lie.</summary>
internal static class CropViews
{
    /// <summary>How many there are.</summary>
    public static int Count(ImageViews views) => views switch { ImageViews.Flip => 2, ImageViews.TenCrop => 10, _ => 1 };

    /// <summary>The squares in torchvision's order, and whether they are mirrored.</summary>
    /// <param name="views">Which.</param>
    /// <param name="width">Columns of the resized image, at least <paramref name="crop"/>.</param>
    /// <param name="height">Rows, likewise.</param>
    /// <param name="crop">Edge of the squares.</param>
    public static IEnumerable<(PixelRectangle Window, bool Mirrored)> Of(ImageViews views, int width, int height, int crop)
    {
        int right = width - crop, bottom = height - crop;
        (int X, int Y) center = (ResizeGeometry.CenterCropOffset(width, crop), ResizeGeometry.CenterCropOffset(height, crop));
        (int X, int Y)[] corners = views == ImageViews.TenCrop ? [(0, 0), (right, 0), (0, bottom), (right, bottom), center] : [center];
        foreach ((int x, int y) in corners)
        {
            yield return (new PixelRectangle(x, y, crop, crop), false);
        }

        // Of the mirror image torchvision rounds the centre anew: where it is not in the middle, that is another square.
        foreach ((int x, int y) in views == ImageViews.Center ? [] : corners)
        {
            yield return (new PixelRectangle(views == ImageViews.TenCrop ? right - x : x, y, crop, crop), true);
        }
    }
}
