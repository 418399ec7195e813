namespace ResNeXt.MLNet.Tests;

public class ImageLimitsTests
{
    [Fact]
    public void Validated_OutOfRange_NamesTheValue()
    {
        Assert.Equal("MaxPixels is 0: expected 1 to 500000000 pixels.", Message(new ImageLimits { MaxPixels = 0 }));
        Assert.Equal("MaxEncodedBytes is -1: expected 1 to 1073741824 bytes.", Message(new ImageLimits { MaxEncodedBytes = -1 }));

        static string Message(ImageLimits limits) => Assert.Throws<ArgumentException>(limits.Validated).Message;
    }
}
