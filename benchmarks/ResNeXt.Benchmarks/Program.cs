using ResNeXt.Benchmarks;

switch (args)
{
    case ["layout", string file]:
        LayoutBenchmark.Run(file);
        return 0;
    case ["pixels", string directory, string file]:
        PixelBenchmark.Run(directory, file);
        return 0;
    default:
        Console.Error.WriteLine("usage: ResNeXt.Benchmarks layout FILE.md | pixels DIR FILE.md");
        return 2;
}
