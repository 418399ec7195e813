using CsCheck;

namespace ResNeXt.Training.Tests;

public sealed class AffineMapTests
{
    private static readonly Gen<(int Width, byte[] Pixels)> Picture =
        from width in Gen.Int[1, 30]
        from height in Gen.Int[1, 30]
        from pixels in Gen.Byte.Array[width * height * 3]
        select (width, pixels);

    [Fact]
    public void Apply_HalfTurnTwice_GivesTheImageBack() =>
        Picture.ForAll("0000000000007", picture =>
        {
            (int width, byte[] pixels) = picture;
            byte[] once = new byte[pixels.Length], twice = new byte[pixels.Length];
            AffineMap halfTurn = AffineMap.Rotation(180, width, pixels.Length / (3 * width));

            halfTurn.Apply(pixels, width, once);
            halfTurn.Apply(once, width, twice);

            Assert.Equal(pixels[..3], once[^3..]);
            Assert.Equal(pixels, twice);
        });

    [Fact]
    public void Apply_ShiftOutOfTheImage_IsBlack()
    {
        byte[] target = [1, 2, 3];
        AffineMap.Translation(1, 0).Apply([9, 9, 9], 1, target);
        Assert.Equal([0, 0, 0], target);
    }
}
