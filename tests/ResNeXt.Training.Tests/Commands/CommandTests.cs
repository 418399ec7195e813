using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary>The contract of the command: arguments, JSON, exit codes.</summary>
public sealed class CommandTests(Shapes shapes, TrainedModel trained)
{
    private string Model => trained.Result.Model;

    [Fact]
    public async Task Train_SmallFolder_PrintsTheContractsFields()
    {
        string output = shapes.NewPath();
        CommandRun run = await CommandRun.StartAsync(
            "train", "--data", shapes.Folder, "--out", output, "--arch", "resnext14_2x4d", "--image-size", "32", "--epochs", "1",
            "--batch-size", "12", "--lr", "0.01", "--val-split", "0.25", "--seed", "3", "--device", "cpu", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(1, run.Json.GetProperty("epochs").GetInt32());
        Assert.Equal(1, run.Json.GetProperty("bestEpoch").GetInt32());
        Assert.InRange(run.Json.GetProperty("valTop1").GetDouble(), 0, 1);
        Assert.True(run.Json.GetProperty("imagesPerSecond").GetDouble() > 0);
        Assert.True(File.Exists(run.Json.GetProperty("checkpoint").GetString()));
        Assert.True(File.Exists(run.Json.GetProperty("model").GetString()));
        Assert.Contains("epoch 1/1", run.Error, StringComparison.Ordinal);
        Assert.Contains("data wait", run.Error, StringComparison.Ordinal);
        string report = File.ReadAllText(run.Json.GetProperty("report").GetString()!);
        Assert.Contains($"resnext train --data {shapes.Folder} --out {output} --arch resnext14_2x4d", report, StringComparison.Ordinal);
    }

    /// <summary>With nothing to start from it fine-tunes; and goes on so, though the cache has better weights by then.</summary>
    [Fact]
    public async Task Train_NeitherNetworkNorWeights_FineTunesTheEmbeddedOnesAndNeverChoosesAnew()
    {
        string output = shapes.NewPath(), cache = shapes.NewPath();
        string[] arguments = ["train", "--data", shapes.Folder, "--image-size", "32", "--epochs", "1", "--no-report", "--device", "cpu", "--json", "--out"];
        var environment = new Dictionary<string, string> { ["RESNEXT_CACHE"] = cache };
        CommandRun run = await CommandRun.StartAsync(environment, [.. arguments, output]);

        CheckpointInfo info = Checkpoint.ReadInfo(run.Json.GetProperty("checkpoint").GetString()!);
        Assert.Equal(EmbeddedWeights.Name, info.Chosen!.Weights);
        Assert.Equal(["AdamW", "0.01", "1", "16", "0.35", "32"], new[] { "optimizer", "learning rate", "number of epochs", "batch size", "crop scale", "image size" }.Select(name => info.Settings[name]));
        Assert.Equal("""{"found":48,"taken":48,"passedOver":{}}""", string.Concat(run.Json.GetProperty("files").GetRawText().Where(c => !char.IsWhiteSpace(c))));
        string[] lines = run.Error.Split('\n');
        Assert.StartsWith("48 photos: fine-tuning ", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" from the embedded weights, AdamW 0.01, 1 epoch; --arch NAME trains from scratch", lines[0], StringComparison.Ordinal);
        string[] plan = [.. lines.Where(line => line.StartsWith("  ", StringComparison.Ordinal))];
        Assert.Equal(8, plan.Length);
        Assert.All(plan, line => Assert.InRange(line.Length, 1, 80));

        File.WriteAllText(Path.Combine(cache, PublishedWeights.Find("resnext50_32x4d")!.FileName), "an empty promise");
        CommandRun resumed = await CommandRun.StartAsync(environment, [.. arguments, output, "--resume"]);

        Assert.Equal(0, resumed.ExitCode);
        Assert.Contains("from the embedded weights, AdamW 0.01, 1 epoch; as chosen when the run began", resumed.Error, StringComparison.Ordinal);
        (await CommandRun.StartAsync(environment, [.. arguments, shapes.NewPath()])).AssertFailed(1, "resnext50_32x4d.tv2_in1k"); // a new run would have them
    }

    [Fact]
    public async Task Train_CifarStemAndAugmentation_RemembersItsSettings()
    {
        CommandRun run = await CommandRun.StartAsync(
            "train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--arch", "resnext11_2x4d_cifar", "--image-size", "16", "--epochs", "1",
            "--batch-size", "12", "--auto-augment", "ta_wide", "--color-jitter", "0.4", "--random-erase", "0.1", "--no-amp", "--device", "cpu", "--json");

        IReadOnlyDictionary<string, string> settings = Checkpoint.ReadInfo(run.Json.GetProperty("checkpoint").GetString()!).Settings;
        Assert.Equal(
            ["none", "TrivialAugmentWide", "0.4", "0.1", "none"],
            new[] { "crop scale", "automatic augmentation", "colour jitter", "random erasing", "mixed precision" }.Select(name => settings[name]));
    }

    [Fact]
    public async Task Train_PresetAndOptions_TakeThePresetsRest()
    {
        CommandRun run = await CommandRun.StartAsync(
            "train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--arch", "resnext11_2x4d_cifar", "--image-size", "16", "--epochs", "1", "--batch-size", "12",
            "--device", "cpu", "--preset", "paper-cifar", "--lr", "0.01", "--lr-steps", "0.6,0.8", "--opt", "adamw", "--model-ema", "--clip-grad-norm", "1", "--class-weights", "balanced", "--amp", "--json");

        IReadOnlyDictionary<string, string> settings = Checkpoint.ReadInfo(run.Json.GetProperty("checkpoint").GetString()!).Settings;
        Assert.Equal(
            ["AdamW", "0.01", "Step", "0.6, 0.8", "0", "0.0005", "0.9998", "1", "balanced", "bfloat16"],
            new[]
            {
                "optimizer", "learning rate", "learning rate schedule", "learning rate steps", "number of warm-up epochs", "weight decay", "average of weights", "largest gradient", "class weights", "mixed precision",
            }.Select(name => settings[name]));
    }

    /// <summary>Without --lr-steps the parser gave an empty list, which took the default's place: the rate never fell.</summary>
    [Fact]
    public async Task Train_StepScheduleAlone_LowersTheRateAtTheDefaultSteps()
    {
        CommandRun run = await CommandRun.StartAsync(
            "train", "--data", shapes.Folder, "--out", shapes.NewPath(), "--arch", "resnext11_2x4d_cifar", "--image-size", "16", "--epochs", "1", "--batch-size", "12",
            "--device", "cpu", "--lr-scheduler", "step", "--no-report", "--json");

        Assert.Equal("0.3, 0.6, 0.9", Checkpoint.ReadInfo(run.Json.GetProperty("checkpoint").GetString()!).Settings["learning rate steps"]);
    }

    [Fact]
    public async Task Evaluate_FolderWithDamagedImages_CountsAndListsThem()
    {
        string data = shapes.Copy();
        File.WriteAllText(Path.Combine(data, "disc", "text.jpg"), "this is text");
        byte[] whole = File.ReadAllBytes(Path.Combine(data, "disc", "00.jpg"));
        File.WriteAllBytes(Path.Combine(data, "stripes", "truncated.jpg"), whole[..(whole.Length / 2)]);

        CommandRun run = await CommandRun.StartAsync("evaluate", "--model", Model, "--data", data, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2 * Shapes.PerClass, run.Json.GetProperty("count").GetInt32());
        Assert.Equal(2, run.Json.GetProperty("skipped").GetInt32());
        Assert.InRange(run.Json.GetProperty("top1").GetDouble(), 0.3, 1);
        Assert.Equal(1, run.Json.GetProperty("top5").GetDouble());
        Assert.True(run.Json.GetProperty("loss").GetDouble() > 0);
        Assert.Contains("text.jpg", run.Error, StringComparison.Ordinal);
        Assert.Contains("truncated.jpg", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_ReportAndPredictions_TellWhatWentWrong()
    {
        // Images that lie in the folder of the other class are mistakes, whatever the network knows of the rest.
        string data = shapes.Copy(), page = shapes.NewPath() + ".html", table = shapes.NewPath() + ".csv";
        foreach (string file in Directory.GetFiles(Path.Combine(data, "disc")).Take(6))
        {
            File.Move(file, Path.Combine(data, "stripes", "disc-" + Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(data, "disc", "text.jpg"), "this is text");
        CommandRun run = await CommandRun.StartAsync("evaluate", "--model", Model, "--data", data, "--report", page, "--predictions", table, "--json");

        Assert.Equal(0, run.ExitCode);
        string[][] rows = [.. File.ReadAllLines(table).Select(line => line.Split(','))];
        Assert.Equal(["path", "truth", "label", "probability", "label2", "probability2", "error"], rows[0]);
        Assert.Equal((2 * Shapes.PerClass) + 1, rows.Length - 1);
        Assert.Single(rows, row => row[0].EndsWith("text.jpg", StringComparison.Ordinal) && row[1] == "disc" && row[2] == "" && row[6] != "");
        string[][] read = [.. rows.Skip(1).Where(row => row[2] != "")];
        Assert.Equal(run.Json.GetProperty("top1").GetDouble(), read.Average(row => row[1] == row[2] ? 1.0 : 0), 12);
        JsonElement stripes = run.Json.GetProperty("perClass").EnumerateArray().Single(item => item.GetProperty("label").GetString() == "stripes");
        Assert.Equal(read.Count(row => row[1] == "stripes"), stripes.GetProperty("count").GetInt32());
        double right = read.Count(row => row[1] == "stripes" && row[2] == "stripes");
        Assert.Equal(right / read.Count(row => row[1] == "stripes"), stripes.GetProperty("recall").GetDouble(), 12);
        Assert.Equal(right / read.Count(row => row[2] == "stripes"), stripes.GetProperty("precision").GetDouble(), 12);
        foreach (JsonElement confusion in run.Json.GetProperty("confusions").EnumerateArray())
        {
            Assert.Equal(
                read.Count(row => row[1] == confusion.GetProperty("label").GetString() && row[2] == confusion.GetProperty("predicted").GetString()),
                confusion.GetProperty("count").GetInt32());
        }

        XElement html = XDocument.Parse(File.ReadAllText(page)).Root!;
        Assert.Equal(["Confusions", "Classes", "Calibration", "Worst mistakes", "Where it looks", "How it was made"], html.Descendants("h2").Select(title => title.Value));
        Assert.Equal($"Evaluation report: model on {Path.GetFileName(data)}", html.Descendants("h1").Single().Value);
        Assert.Equal(Math.Min(24, read.Count(row => row[1] != row[2])), html.Descendants("section").Single(section => section.Element("h2")!.Value == "Worst mistakes").Descendants("img").Count());

        CommandRun text = await CommandRun.StartAsync("evaluate", "--model", Model, "--data", data);

        Assert.DoesNotContain("top-5", text.Output, StringComparison.Ordinal);
        Assert.Contains("images  precision   recall       F1  class", text.Output, StringComparison.Ordinal);
        Assert.Contains("of 'stripes' taken for 'disc'", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_StrictWithUnreadableImages_FailsAfterItsFigures()
    {
        string data = shapes.Copy();
        File.WriteAllText(Path.Combine(data, "disc", "text.jpg"), "this is text");

        CommandRun run = await CommandRun.StartAsync("evaluate", "--model", Model, "--data", data, "--strict");

        run.AssertFailedAfterItsOutput("1 image could not be read", "text.jpg", "--strict");
    }

    [Theory]
    [InlineData("evaluate --model {0} --data {1} --report {0}")]
    [InlineData("evaluate --model {0} --data {1} --predictions {2} --report {2}")]
    [InlineData("featurize --model {0} --input {2} --output {2}")]
    [InlineData("predict --model {0} @{2} --output {2}")]
    public async Task AnyVerb_OutputOntoItsInput_IsRefused(string arguments)
    {
        string list = shapes.NewPath() + ".csv", model = shapes.NewPath() + ".onnx";
        File.WriteAllLines(list, shapes.Images.Take(2).Select(image => image.ImagePath));
        File.Copy(Model, model);
        byte[][] before = [File.ReadAllBytes(list), File.ReadAllBytes(model)];

        CommandRun run = await CommandRun.StartAsync(string.Format(CultureInfo.InvariantCulture, arguments, model, shapes.Folder, list).Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(before, [File.ReadAllBytes(list), File.ReadAllBytes(model)]);
    }

    [Fact]
    public async Task Evaluate_PredictionsOfAnUnknownFormat_SaysWhich()
    {
        CommandRun run = await CommandRun.StartAsync("evaluate", "--model", Model, "--data", shapes.Folder, "--predictions", "a.xlsx");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Output 'a.xlsx' has an unknown format: expected a name that ends in .csv, .parquet or .jsonl.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_TenCrop_CountsEveryImageOnce()
    {
        CommandRun run = await CommandRun.StartAsync("evaluate", "--model", Model, "--data", shapes.Folder, "--tta", "tencrop", "--json");

        Assert.Equal((0, 2 * Shapes.PerClass), (run.ExitCode, run.Json.GetProperty("count").GetInt32()));
        Assert.InRange(run.Json.GetProperty("top1").GetDouble(), 0.3, 1);
    }

    [Fact]
    public async Task Train_FindLr_WritesASweepAndLeavesNoRun()
    {
        string output = shapes.NewPath();
        CommandRun run = await CommandRun.StartAsync(
            "train", "--data", shapes.Folder, "--out", output, "--arch", "resnext11_2x4d_cifar", "--image-size", "16", "--batch-size", "12", "--find-lr", "--device", "cpu", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.InRange(run.Json.GetProperty("suggestion").GetDouble(), 1e-4, 1);
        Assert.Equal(["lr-finder.csv", "lr-finder.svg"], Directory.EnumerateFiles(output).Select(Path.GetFileName).Order());
        Assert.Equal(run.Json.GetProperty("points").GetArrayLength() + 1, File.ReadAllLines(run.Json.GetProperty("table").GetString()!).Length);
        Assert.Contains("</svg>", File.ReadAllText(run.Json.GetProperty("plot").GetString()!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_GoodAndMissingImage_GivesLabelsAndError()
    {
        string image = shapes.Images[0].ImagePath;
        CommandRun run = await CommandRun.StartAsync("predict", "--model", Model, "--top", "1", image, "no such file.jpg", "--json");

        JsonElement[] predictions = [.. run.Json.GetProperty("predictions").EnumerateArray()];
        run.AssertFailedAfterItsOutput("1 of 2 images could not be read", "no such file.jpg");
        Assert.Equal(image, predictions[0].GetProperty("path").GetString());
        JsonElement label = Assert.Single(predictions[0].GetProperty("labels").EnumerateArray());
        Assert.Contains(label.GetProperty("label").GetString(), Shapes.Labels);
        Assert.InRange(label.GetProperty("probability").GetDouble(), 0.5, 1);
        Assert.Equal(JsonValueKind.Null, predictions[0].GetProperty("error").ValueKind);
        Assert.Contains("no such file.jpg", predictions[1].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Featurize_CsvAndParquet_HoldTheSameFeatures()
    {
        string csv = shapes.NewPath(".csv");
        string parquet = shapes.NewPath(".parquet");
        CommandRun run = await CommandRun.StartAsync("featurize", "--model", Model, "--input", shapes.Folder, "--output", csv, "--json");
        CommandRun second = await CommandRun.StartAsync("featurize", "--model", Model, "--input", shapes.Folder, "--output", parquet, "--json");

        string[][] lines = [.. File.ReadLines(csv).Select(line => line.Split(','))];
        Assert.Equal((0, 0), (run.ExitCode, second.ExitCode));
        Assert.Equal((2 * Shapes.PerClass, 2048, 0), (run.Json.GetProperty("count").GetInt32(), run.Json.GetProperty("width").GetInt32(), run.Json.GetProperty("skipped").GetInt32()));
        Assert.True(run.Json.GetProperty("imagesPerSecond").GetDouble() > 0);
        Assert.Equal(["path", "f0", "f1"], lines[0][..3]);
        Assert.Equal(shapes.Images.Select(image => image.ImagePath), lines.Skip(1).Select(line => line[0]));
        Assert.All(lines, line => Assert.Equal(2049, line.Length));
        Assert.Equal(
            lines.Skip(1).Select(line => float.Parse(line[2048], System.Globalization.CultureInfo.InvariantCulture)),
            await ParquetColumn(parquet, "f2047"));
    }

    [Fact]
    public async Task Featurize_ListWithAVanishedFileAndADanglingLink_SkipsAndListsThem()
    {
        string list = shapes.NewPath(".txt"), vanished = shapes.NewPath(".jpg"), link = shapes.NewPath(".jpg");
        File.CreateSymbolicLink(link, vanished);
        File.WriteAllLines(list, [vanished, shapes.Images[0].ImagePath, link]);

        CommandRun run = await CommandRun.StartAsync(
            "featurize", "--model", Model, "--input", list, "--output", shapes.NewPath(".csv"), "--fast-decode", "--json");

        Assert.Equal((0, 1, 2), (run.ExitCode, run.Json.GetProperty("count").GetInt32(), run.Json.GetProperty("skipped").GetInt32()));
        JsonElement[] skipped = [.. run.Json.GetProperty("skippedImages").EnumerateArray()];
        Assert.Equal([vanished, link], skipped.Select(image => image.GetProperty("path").GetString()));
        Assert.All(skipped, image => Assert.Contains(image.GetProperty("path").GetString()!, image.GetProperty("error").GetString(), StringComparison.Ordinal));
        Assert.Contains($"skipped: {skipped[0].GetProperty("error").GetString()}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Checkpoint_WritesTheSameModelAgain()
    {
        string output = shapes.NewPath(".onnx");
        CommandRun run = await CommandRun.StartAsync("export", "--arch", "resnext14_2x4d", "--weights", trained.Result.Checkpoint, "--output", output, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(output, run.Json.GetProperty("output").GetString());
        Assert.Equal(ArchitectureSummary.Of(ResNeXtArchitecture.Parse("resnext14_2x4d"), 32, 2).Parameters, run.Json.GetProperty("parameters").GetInt64());
        Assert.InRange(run.Json.GetProperty("maxAbsError").GetDouble(), 0, 1e-3);
        Assert.Equal(File.ReadAllBytes(Model), File.ReadAllBytes(output));
    }

    [Fact]
    public async Task Export_OtherPreprocessing_StandsInTheModel()
    {
        string output = shapes.NewPath(".onnx");
        string labels = shapes.NewPath(".txt");
        File.WriteAllLines(labels, ["round", "striped"]);
        CommandRun run = await CommandRun.StartAsync(
            "export", "--weights", trained.Result.Checkpoint, "--output", output, "--image-size", "64", "--resize", "64", "--interpolation", "bicubic", "--orientation", "ignore", "--fit", "both", "--labels", labels);

        using MLNet.ResNeXtModel model = MLNet.ResNeXtModel.Load(output);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal((64, 64, MLNet.ImageInterpolation.Bicubic), (model.Metadata.Preprocessing.ImageSize, model.Metadata.Preprocessing.ResizeSize, model.Metadata.Preprocessing.Interpolation));
        Assert.Equal((MLNet.ImageOrientation.Ignore, MLNet.ImageFit.BothSides), (model.Metadata.Preprocessing.Orientation, model.Metadata.Preprocessing.Fit));
        Assert.Equal(["round", "striped"], model.Metadata.Labels);
    }

    [Fact]
    public async Task Summary_ResNeXt50_CountsThePapersNetwork()
    {
        CommandRun run = await CommandRun.StartAsync("summary", "--arch", "resnext50_32x4d", "--json");

        Assert.Equal(25_028_904, run.Json.GetProperty("parameters").GetInt64());
        Assert.Equal(4_230_479_872, run.Json.GetProperty("multiplyAdds").GetInt64());
        Assert.Equal(56, run.Json.GetProperty("layers").GetArrayLength());
    }

    [Fact]
    public async Task Doctor_ThisMachine_IsWell()
    {
        CommandRun run = await CommandRun.StartAsync("doctor", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.NotEmpty(run.Json.GetProperty("checks").EnumerateArray());
        Assert.All(run.Json.GetProperty("checks").EnumerateArray(), check =>
        {
            Assert.True(check.GetProperty("ok").GetBoolean());
            Assert.NotEqual("", check.GetProperty("name").GetString());
            Assert.NotEqual("", check.GetProperty("detail").GetString());
        });
    }

    [Fact]
    public async Task Train_InterruptedAndResumedWithVal_GoesOn()
    {
        string output = shapes.NewPath();
        string[] arguments =
        [
            "train", "--data", shapes.Folder, "--val", shapes.Folder, "--out", output, "--arch", "resnext14_2x4d", "--image-size", "32", "--epochs", "2", "--batch-size", "12",
        ];
        CommandRun first = await CommandRun.StartAsync([.. arguments, "--json"]);
        CommandRun again = await CommandRun.StartAsync([.. arguments, "--json"]);
        CommandRun resumed = await CommandRun.StartAsync([.. arguments, "--resume", "--json"]);

        Assert.Equal(0, first.ExitCode);
        again.AssertFailed(1, output, "--resume");
        Assert.Equal((0, 2), (resumed.ExitCode, resumed.Json.GetProperty("epochs").GetInt32()));
        Assert.Equal(first.Json.GetProperty("valTop1").GetDouble(), resumed.Json.GetProperty("valTop1").GetDouble());
    }

    [Fact]
    public async Task Featurize_StageLayer_NeedsAModelWithStages()
    {
        string model = shapes.NewPath(".onnx"), csv = shapes.NewPath(".csv");
        await CommandRun.StartAsync("export", "--weights", trained.Result.Checkpoint, "--output", model, "--stages", "--precision", "fp32", "--merge-groups", "none");

        CommandRun run = await CommandRun.StartAsync("featurize", "--model", model, "--input", shapes.Images[0].ImagePath, "--output", csv, "--layer", "c3", "--json");

        Assert.Equal((0, 1, 512), (run.ExitCode, run.Json.GetProperty("count").GetInt32(), run.Json.GetProperty("width").GetInt32()));
        Assert.All(File.ReadLines(csv).Last().Split(',')[1..], value => Assert.True(float.Parse(value, System.Globalization.CultureInfo.InvariantCulture) >= 0));
        (await CommandRun.StartAsync("featurize", "--model", Model, "--input", shapes.Folder, "--output", csv, "--layer", "c3")).AssertFailed(1, "'c3'", "--stages");
    }

    public static TheoryData<string> Verbs
    {
        get
        {
            using var context = new CommandContext();
            return [.. CommandLine.Create(context).Subcommands.Select(verb => $"{verb.Name} --help")];
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [MemberData(nameof(Verbs))]
    public async Task AnyVerb_Help_Exits0(string arguments)
    {
        CommandRun run = await CommandRun.StartAsync(arguments.Split(' '));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.NotEqual("", run.Output);
    }

    [Theory]
    [InlineData("trian --data x", "There is no verb 'trian'. Did you mean 'train'?")]
    [InlineData("predict --model x --tpo 3 y.jpg", "Unrecognized option '--tpo'. Did you mean '--top'?")]
    [InlineData("train --data x --out y --ephocs 3", "Did you mean '--epochs'?")]
    [InlineData("train --data x --out y --vrebose", "Did you mean '--verbose'?")]
    [InlineData("weights pul x", "Did you mean 'pull'?")]
    [InlineData("help trian", "Did you mean 'train'?")]
    public async Task AnyVerb_Mistyped_SaysWhatWasMeant(string arguments, string expected)
    {
        CommandRun run = await CommandRun.StartAsync(arguments.Split(' '));

        run.AssertFailed(2, expected);
    }

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help train", "train --help")]
    [InlineData("help weights pull", "weights pull --help")]
    public async Task Help_OfAVerb_IsWhatTheVerbShows(string asked, string same)
    {
        CommandRun help = await CommandRun.StartAsync(asked.Split(' ')), verb = await CommandRun.StartAsync(same.Split(' '));

        Assert.Equal((0, verb.Output), (help.ExitCode, help.Output));
    }

    /// <summary>No option is lost between the groups, and every example is one that the parser takes.</summary>
    [Fact]
    public void Help_OfEveryVerb_ShowsEveryOptionOnceAndExamplesThatParse()
    {
        using var context = new CommandContext();
        RootCommand root = CommandLine.Create(context);
        foreach (Command verb in root.Subcommands.SelectMany(verb => verb.Subcommands.Prepend(verb)))
        {
            string page = HelpPage.Of(verb, 80);
            Assert.All(verb.Options, option => Assert.Single(page.Split('\n'), line => line.StartsWith($"  {option.Name} ", StringComparison.Ordinal) || line == $"  {option.Name}"));
            Assert.All(page.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
            Assert.All(((Verb)verb).Examples, example => Assert.Empty(root.Parse(example).Errors));
        }
    }

    [Fact]
    public async Task Weights_EmbeddedNetwork_NeedsNoPull()
    {
        string cache = shapes.NewPath();
        CommandRun pull = await CommandRun.StartAsync("weights", "pull", "resnext29_8x8d_small.distilled", "--cache", cache, "--json");

        Assert.Equal(0, pull.ExitCode);
        Assert.Contains("needs no pull", pull.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(pull.Json.GetProperty("path").GetString()));
        Assert.Contains("resnext29_8x8d_small.distilled is inside this package", (await CommandRun.StartAsync("weights", "list", "--cache", cache)).Output, StringComparison.Ordinal);
    }

    /// <summary>ONNX Runtime would keep an id of the machine and a queue of events there.</summary>
    [Fact]
    public async Task AnyVerb_WithTheNetwork_LeavesNothingAmongTheUsersFiles()
    {
        string home = shapes.NewPath();
        Directory.CreateDirectory(home);
        var environment = new Dictionary<string, string> { ["HOME"] = home, ["XDG_CACHE_HOME"] = Path.Combine(home, "cache"), ["LOCALAPPDATA"] = home };

        CommandRun run = await CommandRun.StartAsync(environment, "predict", "--model", Model, shapes.Images[0].ImagePath);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(home));
    }

    [Fact]
    public async Task AnyVerb_Verbose_AddsTheStackTrace()
    {
        CommandRun run = await CommandRun.StartAsync("evaluate", "--model", "/no/model.onnx", "--data", shapes.Folder, "--verbose");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("   at ResNeXt", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("fly")]
    [InlineData("train --data x")]
    [InlineData("train --data x --out y --epochs many")]
    [InlineData("train --data x --out y --lr 0,1")]
    [InlineData("train --data x --out y --auto-augment yes")]
    [InlineData("train --data x --out y --preset quick")]
    [InlineData("train --data x --out y --lr-steps 0.5,then")]
    [InlineData("train --data x --out y --val z --val-split 0.5")]
    [InlineData("train --data x --out y --arch resnext51_32x4d")]
    [InlineData("evaluate --model x --data y --device gpu")]
    [InlineData("predict --model x --top 0 y.jpg")]
    [InlineData("featurize --model x --input y --output z.xlsx")]
    [InlineData("export --weights x --output y.onnx --interpolation nearest")]
    [InlineData("export --weights x --output y.onnx --classes 0")]
    [InlineData("export --weights x --output y.pdf")]
    [InlineData("export --weights x --output y.safetensors --stages")]
    [InlineData("summary --arch resnext51_32x4d")]
    [InlineData("export --weights x --output y.pth --image-size 64")]
    [InlineData("export --weights x --output")]
    [InlineData("featurize --model x --input y --output")]
    [InlineData("merge --input x --verify --output")]
    [InlineData("train --data x --out y --scale-lr")]
    [InlineData("summary --arch resnext50_32x4d --classes 0")]
    public async Task AnyVerb_WrongUsage_Exits2(string arguments) =>
        (await CommandRun.StartAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))).AssertFailed(2);

    [Theory]
    [InlineData("summary --arch resnext50_32x4d --classes ten", "--classes is 'ten': expected a whole number.")]
    [InlineData("summary --arch resnext50_32x4d --image-size 1e3", "--image-size is '1e3': expected a whole number.")]
    [InlineData("predict --model x --top many y.jpg", "--top is 'many': expected a whole number.")]
    [InlineData("predict --model x --top 0 y.jpg", "--top is 0: expected at least 1.")]
    [InlineData("bench --model x --input y --count 5", "--count is 5: expected at least 16.")]
    public async Task AnyVerb_WrongNumber_NamesItAndItsRange(string arguments, string mention) =>
        (await CommandRun.StartAsync(arguments.Split(' '))).AssertFailed(2, mention);

    [Theory]
    [InlineData("--model-ema-decay 0.9", "--model-ema")]
    [InlineData("--lr-gamma 0.2", "--lr-scheduler step")]
    [InlineData("--distill-maps 1", "--teacher")]
    [InlineData("--label-weight 0", "--teacher")]
    public async Task Train_OptionWithoutTheOneItServes_Exits2(string given, string needed) =>
        (await CommandRun.StartAsync(["train", "--data", shapes.Folder, "--out", shapes.NewPath(), .. given.Split(' ')])).AssertFailed(2, given.Split(' ')[0], needed);

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Train_Stopped_Exits130AndKeepsWhatWasSaved(string signal)
    {
        Interrupts.SkipWhereIgnored();
        string output = shapes.NewPath();
        using Process process = CommandRun.Start(
            new Dictionary<string, string>(),
            "train", "--data", shapes.Folder, "--out", output, "--arch", "resnext14_2x4d", "--image-size", "32", "--epochs", "100000", "--batch-size", "12", "--json");
        Task<CommandRun> end = CommandRun.EndAsync(process);
        await WaitForAsync(() => File.Exists(Path.Combine(output, "last.safetensors")), end);
        await Interrupts.SendAsync(process, signal);

        CommandRun run = await end;

        Assert.Equal((130, ""), (run.ExitCode, run.Output));
        Assert.DoesNotContain(Directory.EnumerateFiles(output), file => file.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.True(Checkpoint.ReadInfo(Path.Combine(output, "last.safetensors")).Epoch >= 1);
        using MLNet.ResNeXtModel model = MLNet.ResNeXtModel.Load(Path.Combine(output, "model.onnx"));
        Assert.Equal(Shapes.Labels, model.Metadata.Labels);
        Assert.Contains("--resume", run.Error, StringComparison.Ordinal);
    }

    private static async Task WaitForAsync(Func<bool> condition, Task<CommandRun> end)
    {
        while (!condition())
        {
            Assert.False(end.IsCompleted, "The process ended too early.");
            await Task.Delay(50);
        }
    }

    private static async Task<float[]> ParquetColumn(string path, string name)
    {
        await using Parquet.ParquetReader reader = await Parquet.ParquetReader.CreateAsync(path);
        var values = new List<float>();
        for (int i = 0; i < reader.RowGroupCount; i++)
        {
            using Parquet.ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
            Parquet.Schema.DataField field = reader.Schema.GetDataFields().Single(field => field.Name == name);
            float[] column = new float[group.RowCount];
            await group.ReadAsync<float>(field, column);
            values.AddRange(column);
        }

        return [.. values];
    }
}
