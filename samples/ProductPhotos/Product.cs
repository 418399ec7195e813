namespace ProductPhotos;

/// <summary>A row of <c>products</c>.</summary>
internal sealed record Product(string Name, byte[] Photo);
