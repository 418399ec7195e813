namespace ResNeXt.Training;

/// <summary>An augmentation that chooses its operations by itself.</summary>
public enum AutoAugment
{
    /// <summary>None.</summary>
    None,

    /// <summary>One operation of fourteen at a random strength (Müller and Hutter 2021), torchvision's <c>ta_wide</c>.</summary>
    TrivialAugmentWide,
}
