namespace ResNeXt.Training;

/// <summary>
/// What chance does to a training image, in the order of torchvision's reference training: crop, flip, TrivialAugment, colours,
/// lighting, erasing. The paper's code flips last, which comes to the same: its colours do not look at places.
/// </summary>
/// <remarks>All chance comes from the given source, so an image depends on its seed alone. What is off draws nothing.</remarks>
internal sealed record Augmentation
{
    /// <summary>How the image is prepared when chance is left out.</summary>
    public required ImagePreprocessing Preprocessing { get; init; }

    /// <summary>Takes the square out of the image.</summary>
    public required PrepareImage Crop { get; init; }

    /// <summary>Which automatic augmentation is applied. The default is none.</summary>
    public AutoAugment AutoAugment { get; init; }

    /// <summary>Strength of the colour changes. The default is none; the paper's code takes 0.4 for all but the hue.</summary>
    public ColorJitter ColorJitter { get; init; }

    /// <summary>Standard deviation of the multiples of <see cref="PcaLighting"/>. The default, 0, is off; the paper's code takes 0.1.</summary>
    public double Lighting { get; init; }

    /// <summary>Share of the images that lose a rectangle. The default is 0; torchvision's reference takes 0.1.</summary>
    public double RandomErase { get; init; }

    /// <summary>A crop and a flip.</summary>
    /// <param name="preprocessing">How the image is prepared when chance is left out.</param>
    /// <param name="cropScale">The smallest share of an image that a crop keeps; null for <see cref="PadAndCrop"/>.</param>
    /// <param name="mode">How such a crop is drawn.</param>
    public static Augmentation Of(ImagePreprocessing preprocessing, double? cropScale, TrainCropMode? mode = null) => new()
    {
        Preprocessing = preprocessing,
        Crop = (cropScale, mode) switch
        {
            (null, _) => new PadAndCrop(preprocessing).Process,
            (double scale, TrainCropMode.RandomSized) => new RandomSizedCrop(preprocessing.ImageSize, scale, preprocessing.Interpolation).Process,
            (double scale, _) => new RandomResizedCrop(preprocessing.ImageSize, scale, preprocessing.Interpolation).Process,
        },
    };

    /// <summary>No chance at all: as in validation and use.</summary>
    /// <param name="preprocessing">How the image is prepared.</param>
    public static PrepareImage None(ImagePreprocessing preprocessing)
    {
        var preprocessor = new ImagePreprocessor(preprocessing);
        return (image, _, target) =>
        {
            preprocessor.Process(image, target);
            return ImageView.Center(preprocessing, image.Width, image.Height);
        };
    }

    /// <summary>What the options ask for.</summary>
    /// <param name="options">They are resolved.</param>
    /// <param name="preprocessing">How the image is prepared when chance is left out.</param>
    public static PrepareImage Of(TrainOptions options, ImagePreprocessing preprocessing)
    {
        if (options.NoAugmentation)
        {
            return None(preprocessing);
        }

        Augmentation augmentation = Of(preprocessing, options.CropScale, options.TrainCropMode) with
        {
            AutoAugment = options.AutoAugment,
            ColorJitter = new ColorJitter(options.ColorJitter, options.ColorJitter, options.ColorJitter, options.ColorJitterHue),
            Lighting = options.Lighting,
            RandomErase = options.RandomErase,
        };
        return augmentation.Process;
    }

    /// <inheritdoc cref="PrepareImage"/>
    public ImageView Process(RgbImage image, Random random, Span<byte> target)
    {
        int size = Preprocessing.ImageSize;
        ImageView view = Crop(image, random, target);
        if (random.Next(2) == 1)
        {
            HorizontalFlip.Apply(target, size);
            view = view with { Flipped = true };
        }

        if (AutoAugment == AutoAugment.TrivialAugmentWide)
        {
            TrivialAugmentWide.Apply(target, size, random);
        }

        if (ColorJitter != default)
        {
            ColorJitter.Apply(target, random);
        }

        if (Lighting > 0)
        {
            PcaLighting.Apply(target, Lighting, random);
        }

        if (RandomErase > 0 && random.NextDouble() < RandomErase && RandomErasing.DrawRegion(size, size, random) is PixelRectangle region)
        {
            RandomErasing.Fill(target, size, region, MeanColor.Of(Preprocessing));
        }

        return view;
    }
}
