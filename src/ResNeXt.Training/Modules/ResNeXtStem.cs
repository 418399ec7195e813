namespace ResNeXt.Training;

/// <summary>What stands before the first stage.</summary>
public enum ResNeXtStem
{
    /// <summary>7x7 convolution of stride 2 and 3x3 max pooling of stride 2 (paper, Table 1).</summary>
    ImageNet,

    /// <summary>3x3 convolution of stride 1 (paper, section 5.3).</summary>
    Cifar,
}
