namespace ResNeXt.Training;

/// <summary>What <see cref="ProcessorCaches"/> did for oneDNN.</summary>
internal enum CacheMend
{
    /// <summary>Nothing: the processor tells of its caches.</summary>
    None,

    /// <summary>It reckons with cache sizes of its own, at full speed.</summary>
    OwnSizes,

    /// <summary>It uses no vectors beyond AVX: its code for those does not ask for cache sizes.</summary>
    AvxOnly,
}
