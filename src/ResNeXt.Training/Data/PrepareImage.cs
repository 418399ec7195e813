namespace ResNeXt.Training;

/// <summary>Turns a decoded image into the bytes of one image of a batch.</summary>
internal delegate void PrepareImage(RgbImage image, Random random, Span<byte> target);
