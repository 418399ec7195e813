using System.Runtime.InteropServices;

namespace ResNeXt.Training.Tests;

public sealed class FailureMessageTests
{
    [Fact]
    public void Of_LibtorchsException_LeavesItsStackOut() => Assert.Equal(
        "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes. Use a smaller batch, image or network.",
        FailureMessage.Of(new LibtorchException("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.\nException raised from alloc (most recent call first):\nframe #0: c10")));

    [Fact]
    public void Of_FailedTypeInitializer_GivesTheReason() => Assert.Equal(
        "libSkiaSharp is missing", FailureMessage.Of(new TypeInitializationException("SkiaSharp.SKBitmap", new DllNotFoundException("libSkiaSharp is missing"))));

    [Fact]
    public void Of_SeveralLines_MakesOne() => Assert.Equal("a b", FailureMessage.Of(new IOException("a\r\n  b\n")));

    [Fact]
    public void Of_EscapeSequenceOutOfAFile_IsNone() => Assert.Equal("'?[31m' is unexpected", FailureMessage.Of(new IOException("'\u001b[31m' is unexpected")));

    /// <summary>TorchSharp throws the base type itself.</summary>
    private sealed class LibtorchException(string message) : ExternalException(message);
}
