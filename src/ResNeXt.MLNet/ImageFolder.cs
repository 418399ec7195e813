using System.IO.Enumeration;

namespace ResNeXt.MLNet;

/// <summary>
/// A folder of images with a folder for each class, as torchvision's <c>ImageFolder</c> reads it:
/// <c>flowers/daisy/1.jpg</c>, <c>flowers/rose/2.jpg</c>.
/// </summary>
public static class ImageFolder
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"];

    /// <summary>
    /// Lists the images below each class folder, however deep, in a stable order: by class name, then by path (ordinal). Hidden
    /// files and folders and files without an image extension are passed over. Nothing is decoded.
    /// </summary>
    /// <param name="directory">The folder that holds a folder for each class.</param>
    /// <returns>One item an image, with its full path and the name of its class folder.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There is no class folder, or a class folder holds no image.</exception>
    public static IReadOnlyList<LabeledImage> Enumerate(string directory)
    {
        var images = new List<LabeledImage>();
        foreach (string name in ClassNames(directory))
        {
            string folder = Path.Combine(directory, name);
            IReadOnlyList<string> files = Files(folder);
            if (files.Count == 0)
            {
                throw new InvalidDataException(
                    $"Class folder '{folder}' holds no image: expected at least one of {string.Join(", ", Extensions)}. Add images or remove the folder.");
            }

            images.AddRange(files.Select(file => new LabeledImage { ImagePath = file, Label = name }));
        }

        return images;
    }

    /// <summary>The names of the class folders, in ordinal order.</summary>
    /// <param name="directory">The folder that holds a folder for each class.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There is no class folder.</exception>
    public static IReadOnlyList<string> ClassNames(string directory)
    {
        RequireDirectory(directory);
        string[] names = [.. Directory.EnumerateDirectories(directory).Select(path => Path.GetFileName(path)!).Where(IsVisible).Order(StringComparer.Ordinal)];
        return names.Length > 0
            ? names
            : throw new InvalidDataException($"'{directory}' holds no folder: expected one folder for each class, with its images inside.");
    }

    /// <summary>
    /// The image files of a folder and the folders below it, by extension, as full paths in ordinal order. Links to images are followed,
    /// links to folders below it are not.
    /// </summary>
    /// <param name="directory">Any folder.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static IReadOnlyList<string> Files(string directory)
    {
        RequireDirectory(directory);
        var images = new FileSystemEnumerable<string>(
            Path.GetFullPath(directory),
            (ref FileSystemEntry entry) => entry.ToFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && entry.FileName[0] != '.' && IsImage(entry.FileName.ToString()),

            // A linked folder may lead back here; a linked image is as good as another.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => entry.FileName[0] != '.' && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        return [.. images.Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether the name ends as an image file does.</summary>
    internal static bool IsImage(string file) => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    private static bool IsVisible(string name) => !name.StartsWith('.');

    private static void RequireDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"Folder '{directory}' does not exist.");
        }
    }
}
