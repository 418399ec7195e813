namespace ResNeXt.MLNet.Tests;

public sealed class ComposedTextTests
{
    // Figures of Python's unicodedata.normalize("NFC", ...).
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Ka\u0308fer", "K\u00e4fer")]
    [InlineData("e\u0302\u0301", "\u1ebf")] // Vietnamese, two marks
    [InlineData("a\u0323\u0302", "\u1ead")]
    [InlineData("a\u0302\u0323", "\u1ead")] // in the other order
    [InlineData("\u00e2\u0323", "\u1ead")] // half composed
    [InlineData("a\u0327\u0301", "\u00e1\u0327")] // the first mark makes no character of its own
    [InlineData("a\u0300\u0301", "\u00e0\u0301")] // of one class: the second is kept apart
    [InlineData("\u0301a", "\u0301a")]
    [InlineData("\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00")]
    [InlineData("\uac00\u11a8", "\uac01")]
    [InlineData("\u0915\u093c", "\u0915\u093c")] // excluded from composition
    [InlineData("\u304b\u3099", "\u304c")]
    [InlineData("\u0418\u0306", "\u0419")]
    [InlineData("\ud83d\ude00e\u0301", "\ud83d\ude00\u00e9")]
    [InlineData("\ud800", "\ud800")] // no character at all
    public void Of_Text_IsComposedAsUnicodeDoes(string text, string expected)
    {
        Assert.Equal(expected, ComposedText.Of(text));
        Assert.Equal(expected, ComposedText.Of(expected));
    }
}
