namespace ResNeXt.Training;

/// <summary>Which layers of a network learn.</summary>
public enum TrainableLayers
{
    /// <summary>All.</summary>
    All,

    /// <summary>The last stage and the head.</summary>
    LastStage,

    /// <summary>The last layer alone.</summary>
    Head,
}
