using System.Globalization;
using ResNeXt.Fuzz;
using ResNeXt.Training;

// dotnet run -c Release --project fuzz/ResNeXt.Fuzz -- TARGET|all [--seconds S] [--count N] [--seed S] [--out DIR]
// A file that crashes the process, hangs it or gets a wrong answer stays in DIR; put it into Corpus/TARGET when the fault is mended.
if (args.Length == 0 || (args[0] != "all" && !FuzzTargets.Names.Contains(args[0])))
{
    Console.Error.WriteLine($"Expected one of: all, {string.Join(", ", FuzzTargets.Names)}.");
    return 2;
}

string[] names = args[0] == "all" ? [.. FuzzTargets.Names] : [args[0]];
int seconds = Option("--seconds", int.MaxValue), count = Option("--count", seconds == int.MaxValue ? 10_000 : int.MaxValue), seed = Option("--seed", 1);
int place = Array.IndexOf(args, "--out");
string folder = place < 0 ? Path.Combine(Path.GetTempPath(), "resnext-fuzz") : args[place + 1];
Directory.CreateDirectory(folder);
TorchLibrary.Load();
return names.Sum(name => new FuzzRun(name, folder).Start(count, TimeSpan.FromSeconds(seconds / (double)names.Length), seed) ? 0 : 1);

int Option(string name, int otherwise) => Array.IndexOf(args, name) is int at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
