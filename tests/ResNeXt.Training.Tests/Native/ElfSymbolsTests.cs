namespace ResNeXt.Training.Tests;

public sealed class ElfSymbolsTests(Shapes shapes)
{
    [Fact]
    public void Find_LibtorchOwnAndForeignNames_GivesAddressAndSizeOrNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libtorch_cpu.so is Linux's.");

        ElfSymbol?[] found = ElfSymbols.Find(
            TorchLibrary.FindFile("libtorch_cpu.so")!, ProcessorCaches.Description, "no such symbol", "_ZN2at13globalContextEv");

        Assert.Equal(144, found[0]!.Value.Size);
        Assert.Null(found[1]);
        Assert.True(found[2]!.Value.Address > 0);
    }

    [Fact]
    public void Find_OtherFiles_SayWhatIsWrong()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libc10.so is Linux's.");
        string text = shapes.NewPath(".so");
        File.WriteAllText(text, new string('x', 100));
        Assert.Contains("not a 64-bit", Assert.Throws<InvalidDataException>(() => ElfSymbols.Find(text, "a")).Message, StringComparison.Ordinal);

        byte[] library = File.ReadAllBytes(TorchLibrary.FindFile("libc10.so")!);
        foreach (int length in (int[])[0, 10, 64, library.Length / 2, library.Length - 1])
        {
            string cut = shapes.NewPath(".so");
            File.WriteAllBytes(cut, library[..length]);
            Assert.Contains("cut off", Assert.Throws<InvalidDataException>(() => ElfSymbols.Find(cut, "a")).Message, StringComparison.Ordinal);
        }
    }
}
