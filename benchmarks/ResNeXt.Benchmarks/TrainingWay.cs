namespace ResNeXt.Benchmarks;

/// <summary>How a network is trained.</summary>
internal enum TrainingWay
{
    /// <summary>Weights and pixels in TorchSharp's own layout.</summary>
    Default,

    /// <summary>Weights and pixels channels-last.</summary>
    ChannelsLast,

    /// <summary>Channels-last, and freed memory kept for the next step: what the trainer does.</summary>
    Trainer,

    /// <summary>The same, all of the network in bfloat16: no less work than mixed precision saves. Not in the table, for it is slower (docs/performance.md).</summary>
    BFloat16,
}
