namespace ResNeXt.Training;

/// <summary>The order of the colours in a network's input.</summary>
public enum ChannelOrder
{
    /// <summary>Red, green, blue: what torchvision and timm export.</summary>
    Rgb,

    /// <summary>Blue, green, red: what Caffe and OpenCV leave.</summary>
    Bgr,
}
