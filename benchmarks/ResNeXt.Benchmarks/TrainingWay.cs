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

    /// <summary>The same in bfloat16 with weights in float32: what the trainer does with <c>--amp</c>.</summary>
    BFloat16,
}
