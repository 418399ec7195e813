using Microsoft.Extensions.FileProviders;

namespace WebClassifier;

/// <summary>Pictures that the page offers to somebody who has none at hand: those in <c>wwwroot/examples</c>, whoever put them there.</summary>
internal static class Examples
{
    private const string Folder = "examples";

    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".webp"];

    /// <summary>Their addresses, by name.</summary>
    public static IReadOnlyList<string> In(IFileProvider files) =>
    [
        .. files.GetDirectoryContents(Folder)
            .Where(file => !file.IsDirectory && Extensions.Contains(Path.GetExtension(file.Name), StringComparer.OrdinalIgnoreCase))
            .Select(file => $"{Folder}/{Uri.EscapeDataString(file.Name)}")
            .Order(StringComparer.Ordinal),
    ];
}
