namespace ResNeXt.Training.Tests;

public sealed class DefaultRecipeTests
{
    private static readonly StartingPoint Start = new("some", ResNeXtArchitecture.Parse("resnext20_8x8d_small"), 64);

    [Theory]
    [InlineData(2, 60, 16)]
    [InlineData(50, 60, 16)]
    [InlineData(199, 50, 16)]
    [InlineData(200, 50, 32)]
    [InlineData(500, 20, 32)]
    [InlineData(8_000, 5, 32)]
    [InlineData(1_000_000, 5, 32)]
    public void Of_NumbersOfPhotos_ShowsAboutAsManyImages(int photos, int epochs, int batchSize) => Assert.Equal(
        new ChosenRecipe { Weights = "some", ImageSize = 64, Optimizer = OptimizerKind.AdamW, LearningRate = 0.001, BackboneLearningRateScale = 1, Epochs = epochs, BatchSize = batchSize, CropScale = 0.35 },
        DefaultRecipe.Of(photos, Start));

    [Fact]
    public void Of_AnyNumberOfPhotos_IsValid() => Assert.All(
        Enumerable.Range(2, 3000), photos => DefaultRecipe.Of(photos, Start).Apply(new TrainOptions { Data = [], Out = "" }).Validated());
}
