namespace ProductPhotos;

/// <summary>The demo: a toy shop's catalogue, drawn from a seed, with the accidents that catalogues have.</summary>
internal static class ToyShop
{
    public const int Count = 200;

    private const int Edge = 128;

    private static readonly string[] Colors = ["red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"];

    public static IEnumerable<Product> Products()
    {
        ToyKind[] kinds = Enum.GetValues<ToyKind>();
        for (int i = 0; i < Count; i++)
        {
            ToyKind kind = kinds[i % kinds.Length];
            int color = i / kinds.Length % Colors.Length;
            byte[] photo = ToyPicture.Jpeg(kind, hue: color * 360 / Colors.Length, seed: i, Edge, Edge);
            yield return new Product($"toy {kind} in {Colors[color]}".ToLowerInvariant(), Accident(i, photo));
        }
    }

    private static byte[] Accident(int index, byte[] photo) => index switch
    {
        57 => [], // never uploaded
        98 => "<html>404 Not Found</html>"u8.ToArray(), // saved instead of a picture
        143 => photo[..(photo.Length / 2)], // the connection broke
        _ => photo,
    };
}
