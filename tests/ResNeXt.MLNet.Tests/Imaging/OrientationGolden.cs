using System.Text.Json;

namespace ResNeXt.MLNet.Tests;

/// <summary>A file that tells its orientation, and by which Pillow turns it, null where Pillow raises an error; <c>make_orientations.py</c> wrote them.</summary>
internal sealed record OrientationGolden(string Name, byte[] File, int? Orientation)
{
    public static IReadOnlyList<OrientationGolden> All { get; } = JsonSerializer.Deserialize<OrientationGolden[]>(
        System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Imaging", "Goldens", "orientations.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<string> Names => [.. All.Select(golden => golden.Name)];

    public static OrientationGolden Of(string name) => All.Single(golden => golden.Name == name);
}
