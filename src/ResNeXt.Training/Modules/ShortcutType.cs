namespace ResNeXt.Training;

/// <summary>How a block carries its input past its convolutions, in the letters of He et al. 2015 and of the paper's code.</summary>
internal enum ShortcutType
{
    /// <summary>Not at all: a plain network, the other side of the paper's ablation (section 5.1).</summary>
    None,

    /// <summary>As it is; where shapes change every stride-th pixel is taken and zero channels are added. Nothing to learn.</summary>
    A,

    /// <summary>As it is; where shapes change through a 1x1 convolution. What the paper and every published network have.</summary>
    B,

    /// <summary>Through a 1x1 convolution in every block.</summary>
    C,
}
