namespace ResNeXt.Training;

/// <summary>Turns a decoded image into the bytes of one image of a batch, and says what they show.</summary>
internal delegate ImageView PrepareImage(RgbImage image, Random random, Span<byte> target);
