using System.IO.Enumeration;

namespace ResNeXt.MLNet;

/// <summary>
/// A folder of images with a folder for each class, as torchvision's <c>ImageFolder</c> reads it:
/// <c>flowers/daisy/1.jpg</c>, <c>flowers/rose/2.jpg</c>.
/// </summary>
public static class ImageFolder
{
    /// <summary>Why a file is no image: nobody looks for one there.</summary>
    internal const string Hidden = "hidden";

    /// <summary>Why a file is no image: nothing in it says so.</summary>
    internal const string NoImage = "no image";

    /// <summary>Why a file is no image: it lies in a folder that <c>train</c> wrote.</summary>
    internal const string OfARun = "of a training run";

    /// <summary>Why a folder is not entered: it links to one that it lies in.</summary>
    internal const string Loop = "link in a circle";

    /// <summary>Why a file or folder is not looked at: .NET cannot open it by the name that it reads.</summary>
    internal const string NoUtf8 = "with a name that is not UTF-8, which cannot be opened";

    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp"];

    /// <summary>
    /// Lists the images below each class folder, however deep, in a stable order: by class name, then by path (ordinal). An image is a file with the extension of one, or
    /// with its first bytes, whatever it is called (<c>.jfif</c>, or none). Links are followed. Hidden files and folders, other files and the folders of training runs are passed
    /// over. Names that differ in their Unicode form alone are one class, in the composed form. Nothing is decoded.
    /// </summary>
    /// <param name="directory">The folder that holds a folder for each class.</param>
    /// <returns>One item an image, with its full path and the name of its class folder.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There is no class folder, or a class folder holds no image.</exception>
    public static IReadOnlyList<LabeledImage> Enumerate(string directory) => Enumerate(directory, null);

    /// <summary>The names of the class folders, composed (NFC), in ordinal order.</summary>
    /// <param name="directory">The folder that holds a folder for each class.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">There is no class folder.</exception>
    public static IReadOnlyList<string> ClassNames(string directory) => [.. Classes(directory).Select(group => group.Key)];

    /// <summary>
    /// The image files of a folder and the folders below it, as full paths in ordinal order: files with the extension of an image, or with its first bytes. Links are followed,
    /// but not in circles.
    /// </summary>
    /// <param name="directory">Any folder.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static IReadOnlyList<string> Files(string directory) => Files(directory, null);

    /// <inheritdoc cref="Enumerate(string)"/>
    /// <param name="directory">The folder that holds a folder for each class.</param>
    /// <param name="passedOver">Told of each file that is not taken why.</param>
    internal static IReadOnlyList<LabeledImage> Enumerate(string directory, Action<string>? passedOver)
    {
        var images = new List<LabeledImage>();
        foreach (IGrouping<string, string> group in Classes(directory))
        {
            string[] files = [.. group.SelectMany(folder => Files(folder, passedOver))];
            if (files.Length == 0)
            {
                throw new InvalidDataException(
                    $"Class folder '{group.First()}' holds no image: expected at least one file of {ImageFormat.All}. Add images or remove the folder.");
            }

            images.AddRange(files.Select(file => new LabeledImage { ImagePath = file, Label = group.Key }));
        }

        return images;
    }

    /// <inheritdoc cref="Files(string)"/>
    /// <param name="directory">Any folder.</param>
    /// <param name="passedOver">Told of each file that is not taken why.</param>
    internal static IReadOnlyList<string> Files(string directory, Action<string>? passedOver) => [.. Images(directory, passedOver).Order(StringComparer.Ordinal)];

    /// <summary>The same in the order of the disk, found while they are read.</summary>
    internal static IEnumerable<string> Images(string directory, Action<string>? passedOver)
    {
        RequireDirectory(directory);
        string root = Path.GetFullPath(directory);
        return Images(root, [root], passedOver);
    }

    /// <summary>The class folders by the name of their class.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    internal static IReadOnlyList<IGrouping<string, string>> Classes(string directory)
    {
        RequireDirectory(directory);
        IGrouping<string, string>[] classes =
        [
            .. Directory.EnumerateDirectories(directory).Select(RequireOpenable).Where(IsClass).Order(StringComparer.Ordinal)
                .GroupBy(path => ComposedText.Of(Path.GetFileName(path))).OrderBy(group => group.Key, StringComparer.Ordinal),
        ];
        return classes.Length > 0
            ? classes
            : throw new InvalidDataException($"'{directory}' holds no folder: expected one folder for each class, with its images inside.");
    }

    /// <summary>Whether a file is an image, by its extension or else by its first bytes. One that cannot be opened is none.</summary>
    internal static bool IsImage(string file) => HasExtension(file) || HasSignature(file);

    /// <summary>Whether a file begins as an image does.</summary>
    internal static bool HasSignature(string file) => ImageFormat.Readable(Start(file)) is not null;

    /// <summary>Whether <c>train</c> wrote a folder.</summary>
    internal static bool IsRun(string folder) => File.Exists(Path.Combine(folder, "last.safetensors"));

    /// <summary>A class that is left out in silence would be learned wrongly.</summary>
    private static string RequireOpenable(string folder) => !folder.Contains('\uFFFD', StringComparison.Ordinal) || Directory.Exists(folder)
        ? folder
        : throw new InvalidDataException($"Class folder '{folder}' has a name that is not UTF-8, and cannot be opened by it: rename it.");

    private static bool IsClass(string folder) => Path.GetFileName(folder)[0] != '.' && !IsRun(folder);

    private static bool HasExtension(string file) => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <param name="directory">The folder as its user spells it.</param>
    /// <param name="above">Where it is and what it lies in, without links.</param>
    /// <param name="passedOver">Told of each file that is not taken why.</param>
    private static IEnumerable<string> Images(string directory, string[] above, Action<string>? passedOver)
    {
        if (IsRun(directory))
        {
            foreach (string _ in Directory.EnumerateFiles(directory))
            {
                passedOver?.Invoke(OfARun);
            }

            yield break;
        }

        foreach ((string name, bool isFolder, bool isLink) in Entries(directory))
        {
            string path = Path.Combine(directory, name);
            if (name[0] == '.')
            {
                (isFolder ? null : passedOver)?.Invoke(Hidden);
            }
            else if (name.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(path))
            {
                passedOver?.Invoke(NoUtf8);
            }
            else if (!isFolder)
            {
                byte[] start = HasExtension(path) ? [] : Start(path);
                if (HasExtension(path) || ImageFormat.Readable(start) is not null)
                {
                    yield return path;
                }
                else
                {
                    passedOver?.Invoke(ImageFormat.Foreign(start) is string foreign ? $"{foreign}, which is not read" : NoImage);
                }
            }
            else
            {
                string place = Path.Combine(above[^1], name);
                place = isLink ? new DirectoryInfo(place).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? place : place;
                if (above.Contains(place))
                {
                    passedOver?.Invoke(Loop);
                    continue;
                }

                foreach (string image in Images(path, [.. above, place], passedOver))
                {
                    yield return image;
                }
            }
        }
    }

    private static FileSystemEnumerable<(string Name, bool IsFolder, bool IsLink)> Entries(string directory) => new(
        directory,
        (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0),
        new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false });

    /// <summary>What a file begins with; nothing of one that cannot be opened, or is a pipe, which would never open.</summary>
    private static byte[] Start(string file)
    {
        try
        {
            if (RegularFile.IsSpecial(file))
            {
                return [];
            }

            using var handle = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            byte[] start = new byte[ImageFormat.SignatureLength];
            return start[..handle.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return [];
        }
    }

    private static void RequireDirectory(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(Path.Exists(directory) ? $"'{directory}' is no folder: expected one." : $"Folder '{directory}' does not exist.");
        }
    }
}
