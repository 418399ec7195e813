namespace ResNeXt.Training;

/// <summary>Where an epoch's batches come from.</summary>
internal interface IBatchSource
{
    /// <summary>Images in a seeded epoch.</summary>
    int ImageCount { get; }

    /// <summary>Batches in a seeded epoch.</summary>
    int BatchCount { get; }

    /// <summary>
    /// One pass over the images. Order and chance depend on the seed alone; without a seed the order is that of the images, each is shown
    /// once, and there is no chance.
    /// </summary>
    IEnumerable<LabeledBatch> Epoch(int? seed, CancellationToken cancellation);
}
