namespace ResNeXt.Training;

/// <summary>How the learning rate goes over the run.</summary>
public enum LearningRateScheduleKind
{
    /// <summary>Linear warm-up, then half a cosine down to zero.</summary>
    Cosine,

    /// <summary>Linear warm-up, then constant, lowered at some shares of the run.</summary>
    Step,

    /// <summary>From a 25th of the largest rate up to it and down to nearly nothing (Smith 2018).</summary>
    OneCycle,
}
