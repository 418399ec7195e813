using System.Diagnostics;
using System.Text.Json;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class PredictCommandTests(Shapes shapes, TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Predict_FolderToTables_HaveTheSameAnswers()
    {
        CommandRun csv = await Predict(shapes.Folder, "--output", _folder["a.csv"], "--json");
        CommandRun lines = await Predict(shapes.Folder, "--output", _folder["a.jsonl"], "--top", "1");
        CommandRun parquet = await Predict(shapes.Folder, "--output", _folder["a.parquet"]);

        int photos = 2 * Shapes.PerClass;
        Assert.Equal((0, 0, 0), (csv.ExitCode, lines.ExitCode, parquet.ExitCode));
        Assert.Equal((photos, 0, _folder["a.csv"]), (csv.Json.GetProperty("count").GetInt32(), csv.Json.GetProperty("failed").GetInt32(), csv.Json.GetProperty("output").GetString()));
        Assert.Equal(photos, csv.Json.GetProperty("files").GetProperty("taken").GetInt32());
        string[][] table = [.. Csv.Read(_folder["a.csv"])];
        Assert.Equal(["path", "label", "probability", "label2", "probability2", "error"], table[0]);
        Assert.Equal(shapes.Images.Select(image => image.ImagePath), table.Skip(1).Select(row => row[0]));
        JsonElement[] objects = [.. File.ReadLines(_folder["a.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(table.Skip(1).Select(row => row[1]), objects.Select(one => Assert.Single(one.GetProperty("labels").EnumerateArray()).GetProperty("label").GetString()));
        using var columns = new ParquetFile(_folder["a.parquet"]);
        Assert.Equal(table.Skip(1).Select(row => row[1]), columns.Texts(0, "label"));
    }

    [Theory]
    [InlineData(false, "=1+1.jpg", "-2", "@SUM(A1)")]
    [InlineData(true, "'=1+1.jpg", "'-2", "'@SUM(A1)")]
    public async Task Predict_NamesThatASpreadsheetComputes_AreEscapedWhereAsked(bool escapes, string path, string label, string error)
    {
        PredictionTable.Write(_folder["a.csv"], 1, [new Prediction("=1+1.jpg", [new LabelProbability("-2", 0.5f)], "@SUM(A1)")], escapeFormulas: escapes);

        Assert.Equal([path, label, "0.5", error], Csv.Read(_folder["a.csv"]).ElementAt(1));
        (await Predict("--escape-formulas", "x.jpg")).AssertFailed(2, "--escape-formulas needs --output FILE.csv.");
    }

    /// <summary>A list is data: nothing in it is an option, a comment, or two paths.</summary>
    [Fact]
    public async Task Predict_ListOfOddLines_AreAPathEach()
    {
        string[] lines = [_folder["my photo.jpg"], "--move-to", _folder["moved"], _folder["#1.jpg"], "#2.jpg"];
        File.Copy(shapes.Images[0].ImagePath, lines[0]);
        File.Copy(shapes.Images[1].ImagePath, lines[3]);
        File.WriteAllLines(_folder["list.txt"], lines);

        CommandRun run = await Predict($"@{_folder["list.txt"]}", "--skip-bad", "--json");

        Assert.Equal(lines, run.Json.GetProperty("predictions").EnumerateArray().Select(prediction => prediction.GetProperty("path").GetString()));
        Assert.True(File.Exists(lines[0]));
        (await Predict($"@{_folder.Path}")).AssertFailed(1, "is a folder: expected a text file");
        (await Predict($"@{trained.Result.Model}")).AssertError("is no text: expected a path on each line");
    }

    [Fact]
    public async Task Predict_BadImageAmongGood_FailsWhenAllIsDoneUnlessSkipped()
    {
        File.WriteAllText(_folder["bad.jpg"], "Dear Sir or Madam");
        string[] line = [shapes.Images[0].ImagePath, _folder["bad.jpg"], "--output", _folder["a.csv"]];

        (await Predict(line)).AssertFailedAfterItsOutput("1 of 2 images could not be read; --skip-bad accepts that", "bad.jpg");
        Assert.Contains("is not an image", File.ReadAllLines(_folder["a.csv"])[2], StringComparison.Ordinal);
        Assert.Equal(0, (await Predict([.. line, "--skip-bad"])).ExitCode);
    }

    /// <summary>Every photo once, bytes equal, whatever happens; and back again.</summary>
    [Theory]
    [InlineData("--copy-to")]
    [InlineData("--move-to")]
    public async Task Predict_SortingKilledTwice_LosesAndDoublesNothing(string option)
    {
        string photos = shapes.Unlabelled(400), sorted = _folder["sorted"];
        Dictionary<string, string> before = Digests(photos);
        for (int killed = 0; killed < 2; killed++)
        {
            using Process process = CommandRun.Start(new Dictionary<string, string>(), ["predict", "--model", trained.Result.Model, option, sorted, photos]);
            while (!process.HasExited && Count(sorted) < 60 * (killed + 1))
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            process.Kill();
            await CommandRun.EndAsync(process);
        }

        int reached = Count(sorted);
        CommandRun resumed = await Predict(option, sorted, photos, "--json");

        Assert.Equal(0, resumed.ExitCode);
        Assert.InRange(resumed.Json.GetProperty("sorted").EnumerateObject().Sum(of => of.Value.GetInt32()), 1, 400 - reached);
        Assert.Equal(before.Values.Order(), Digests(sorted).Values.Order());
        Assert.Equal(option == "--copy-to" ? 400 : 0, Count(photos));

        CommandRun undone = await CommandRun.StartAsync("predict", "--undo", sorted, "--json");
        Assert.Equal((0, 0), (undone.ExitCode, undone.Json.GetProperty("left").GetInt32()));
        Assert.Equal(before, Digests(photos));
        Assert.Empty(Directory.EnumerateFileSystemEntries(sorted));
    }

    [Fact]
    public async Task Predict_WrongUsage_SaysWhatIsExpected()
    {
        (await CommandRun.StartAsync("predict", "photo.jpg")).AssertFailed(2, "'--model' is required");
        (await CommandRun.StartAsync("predict", "--model", trained.Result.Model)).AssertFailed(2, "expected image files, folders, patterns");
        (await Predict("--copy-to", "a", "--move-to", "b", "x.jpg")).AssertFailed(2, "exclude each other");
        (await Predict("--threshold", "0.5", "x.jpg")).AssertFailed(2, "--copy-to and --move-to");
        (await Predict("--threshold", "5", "--copy-to", "a", "x.jpg")).AssertFailed(2, "expected 0 to 1");
        (await Predict("--undo", "a")).AssertFailed(2, "--undo stands alone");
        (await Predict("--output", "a.txt", "x.jpg")).AssertFailed(2, ".csv, .parquet or .jsonl");
        (await Predict("https://example.org/x.jpg")).AssertFailed(2, "nothing is fetched");
        (await Predict(Directory.CreateDirectory(_folder["empty"]).FullName)).AssertFailed(1, "names no image");
    }

    private static int Count(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Count(path => Path.GetFileName(path)[0] != '.') : 0;

    /// <summary>Of each file below a folder, by its name there.</summary>
    private static Dictionary<string, string> Digests(string folder) =>
        ImageFolder.Files(folder).ToDictionary(path => Path.GetFileName(path), path => FileDigest.Of(path));

    private Task<CommandRun> Predict(params string[] arguments) => CommandRun.StartAsync(["predict", "--model", trained.Result.Model, .. arguments]);
}
