using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class TrivialAugmentWideTests
{
    public static TheoryData<string> Operations => [.. Enum.GetNames<TrivialAugmentWide.Operation>()];

    [Theory, MemberData(nameof(Operations))]
    public void Apply_EveryStrengthAndDirection_EqualsTorchvision(string name)
    {
        var operation = Enum.Parse<TrivialAugmentWide.Operation>(name);
        var results = new List<byte>();
        foreach (bool negative in (bool[])[false, true])
        {
            for (int bin = 0; bin < TrivialAugmentWide.Bins; bin++)
            {
                foreach (GoldenPicture image in (GoldenPicture[])[Golden.Wide, Golden.Square])
                {
                    TrivialAugmentWide.Apply(image.Pixels, image.Width, operation, bin, negative);
                    results.AddRange(image.Pixels);
                }
            }
        }

        Golden.AssertEqual($"trivial {name}", [.. results]);
    }

    [Fact]
    public void Apply_FlatImage_StaysTheSameUnderAutoContrastAndEqualize()
    {
        byte[] pixels = [.. Enumerable.Repeat((byte)7, 5 * 4 * 3)];

        TrivialAugmentWide.Apply(pixels, 5, TrivialAugmentWide.Operation.AutoContrast, 0, negative: false);
        TrivialAugmentWide.Apply(pixels, 5, TrivialAugmentWide.Operation.Equalize, 0, negative: false);

        Assert.All(pixels, value => Assert.Equal(7, value));
    }

    [Fact]
    public void Apply_OnePixel_SurvivesEveryOperation()
    {
        foreach (TrivialAugmentWide.Operation operation in Enum.GetValues<TrivialAugmentWide.Operation>())
        {
            TrivialAugmentWide.Apply(new byte[3], 1, operation, 30, negative: true);
        }
    }
}
