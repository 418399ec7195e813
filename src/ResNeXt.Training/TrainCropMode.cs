namespace ResNeXt.Training;

/// <summary>How a training image's random crop is drawn.</summary>
public enum TrainCropMode
{
    /// <summary>torchvision's <c>RandomResizedCrop</c>: aspect log-uniform, else the largest centre crop.</summary>
    RandomResized,

    /// <summary><c>RandomSizedCrop</c> of the paper's own code: aspect uniform, else the resized image's centre.</summary>
    RandomSized,
}
