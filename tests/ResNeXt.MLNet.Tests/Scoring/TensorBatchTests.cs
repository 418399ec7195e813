using CsCheck;

namespace ResNeXt.MLNet.Tests;

public class TensorBatchTests
{
    [Fact]
    public void New_TooLargeForOneArray_SaysHowManyFit() => Assert.Equal(
        "A batch of 4096 images of 448 pixels is too large: expected at most 3566 images.",
        Assert.Throws<ArgumentException>(() => new TensorBatch(4096, 448)).Message);

    [Fact]
    public void Set_AnySize_PutsEachColourInItsPlane()
    {
        (from size in Gen.Int[1, 23] from pixels in Gen.Byte.Array[size * size * 3] select (size, pixels)).ForAll("0000000000008", value =>
        {
            (int size, byte[] pixels) = value;
            var batch = new TensorBatch(2, size);
            batch.Set(1, pixels);
            float[] expected = [.. Enumerable.Range(0, 3).SelectMany(c => Enumerable.Range(0, size * size).Select(i => (float)pixels[(i * 3) + c]))];
            Assert.Equal(expected, batch.First(2)[(size * size * 3)..].ToArray());
            Assert.All(batch.First(1).ToArray(), unset => Assert.Equal(0, unset));
        });
    }

    [Fact]
    public void SetFours_AnySize_EqualsThePlainLoop()
    {
        (from count in Gen.Int[1, 60] from pixels in Gen.Byte.Array[count * 3] select (count, pixels)).ForAll("0000000000009", value =>
        {
            (int count, byte[] pixels) = value;
            float[] expected = new float[count * 3], actual = new float[count * 3];
            TensorBatch.SetSingles(pixels, expected.AsSpan(0, count), expected.AsSpan(count, count), expected.AsSpan(2 * count, count), 0);
            int done = TensorBatch.SetFours(pixels, actual.AsSpan(0, count), actual.AsSpan(count, count), actual.AsSpan(2 * count, count));
            Assert.InRange(done, Math.Max(0, count - 5), count);
            TensorBatch.SetSingles(pixels, actual.AsSpan(0, count), actual.AsSpan(count, count), actual.AsSpan(2 * count, count), done);
            Assert.Equal(expected, actual);
        });
    }

    [Fact]
    public void Set_TooFewPixels_IsRefused() => Assert.ThrowsAny<ArgumentException>(() => new TensorBatch(1, 4).Set(0, new byte[47]));
}
