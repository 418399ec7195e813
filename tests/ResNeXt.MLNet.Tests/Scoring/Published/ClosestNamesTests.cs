namespace ResNeXt.MLNet.Tests;

public sealed class ClosestNamesTests
{
    [Theory]
    [InlineData("kitten", "sitting", 2)] // "sittin" is a beginning
    [InlineData("layer1", "layer1.0.conv1", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("", "abc", 0)]
    public void Distance_OfTexts_CountsChangesToABeginning(string from, string to, int expected) => Assert.Equal(expected, ClosestNames.Distance(from, to));

    [Fact]
    public void To_MistypedName_HasTheClosestFirst() =>
        Assert.Equal(["conv1", "conv2"], ClosestNames.To("conv11", ["bias", "conv2", "conv1"]));

    [Fact]
    public void To_NothingAlike_IsEmpty() => Assert.Empty(ClosestNames.To("zebra", ["conv1", "weight"]));
}
