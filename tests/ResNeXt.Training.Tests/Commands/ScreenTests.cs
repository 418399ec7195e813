using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ResNeXt.Training.Tests;

/// <summary>
/// The command at a terminal: its screens as they are stored in <c>Screens</c>, but for help with all digits as 0. UPDATE_DOCS=1 writes them anew; then look at them.
/// </summary>
public sealed partial class ScreenTests(Shapes shapes, TrainedModel trained)
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "ResNeXt.Training.Tests", "Commands", "Screens");

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(110)]
    [InlineData(200)]
    public async Task Train_AtEveryWidth_FitsTheTerminal(int width)
    {
        string folder = WorkingFolder();
        string options = "--arch resnext11_2x4d_cifar --image-size 16 --batch-size 12 --epochs 3 --seed 1 --no-amp --no-report";

        TerminalScreen screen = await ShowAsync(folder, width, $"train --data shapes --out run {options}");

        Equal($"train-{width}.txt", screen);
    }

    [Fact]
    public async Task Evaluate_At80Columns_FitsTheTerminal()
    {
        string folder = WorkingFolder();
        File.WriteAllText(Path.Combine(folder, "shapes", "disc", "text.jpg"), "this is text");

        Equal("evaluate-80.txt", await ShowAsync(folder, 80, "evaluate --model model.onnx --data shapes --report report.html"));
    }

    [Fact]
    public async Task Predict_At80Columns_FitsTheTerminal()
    {
        string folder = WorkingFolder();

        Equal("predict-80.txt", await ShowAsync(folder, 80, "predict --model model.onnx --copy-to sorted --threshold 0.5 shapes"));
    }

    [Theory]
    [InlineData("", "help-80.txt")]
    [InlineData("train", "help-train-80.txt")]
    [InlineData("predict", "help-predict-80.txt")]
    [InlineData("evaluate", "help-evaluate-80.txt")]
    public async Task Help_At80Columns_FitsTheTerminal(string verb, string stored) => Equal(stored, await ShowAsync(WorkingFolder(), 80, $"{verb} --help"));

    private static void Equal(string name, TerminalScreen screen)
    {
        string path = Path.Combine(Folder, name), text = Speed().Replace(Rate().Replace(Time().Replace(screen.Text, "time          (as it is)"), match => "0.0".PadLeft(match.Length)), "speed     0.0");
        string shown = name.StartsWith("help", StringComparison.Ordinal) ? screen.Text : Digits().Replace(text, "0");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, shown);
        }

        Assert.Equal(File.ReadAllText(path), shown);
        Assert.Equal(0, screen.Wrapped);
    }

    /// <summary>Runs the command in a pseudo-terminal, by util-linux's <c>script</c>.</summary>
    private static async Task<TerminalScreen> ShowAsync(string folder, int width, string arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The pseudo-terminal is made by util-linux.");
        var start = new ProcessStartInfo("script", ["-qec", $"stty cols {width} rows 40; exec dotnet '{CommandRun.Program}' {arguments}", "/dev/null"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment.Remove("COLUMNS");
        start.Environment.Remove("NO_COLOR");
        using Process process = Process.Start(start)!;
        string written = (await process.StandardOutput.ReadToEndAsync()).Replace(folder + "/", "", StringComparison.Ordinal);
        await process.WaitForExitAsync();
        return TerminalScreen.Of(width, written);
    }

    /// <summary>A folder with the photos and a model under short names: what is printed has no path of this machine.</summary>
    private string WorkingFolder()
    {
        string folder = shapes.NewPath();
        Directory.CreateDirectory(folder);
        Directory.Move(shapes.Copy(), Path.Combine(folder, "shapes"));
        File.Copy(trained.Result.Model, Path.Combine(folder, "model.onnx"));
        return folder;
    }

    [GeneratedRegex("[0-9]")]
    private static partial Regex Digits();

    [GeneratedRegex("time          about .*")]
    private static partial Regex Time();

    /// <summary>Of the column of images a second the width alone stays.</summary>
    [GeneratedRegex(@" *[0-9]+\.[0-9](?=(  | *$))", RegexOptions.Multiline)]
    private static partial Regex Rate();

    [GeneratedRegex("speed +[0-9.]+")]
    private static partial Regex Speed();
}
