namespace ResNeXt.Training.Tests;

/// <summary>Shards of featurize and evaluate, merged, are what one process gives, to the byte; and what is wrong is named.</summary>
public sealed class ShardedScoringTests(Shapes shapes, TrainedModel trained)
{
    private const int Shards = 3;

    private string Model => trained.Result.Model;

    [Theory]
    [InlineData(".csv")]
    [InlineData(".parquet")]
    public async Task Featurize_InShards_MergesToTheSameBytes(string format)
    {
        string manifest = await FrozenAsync(), parts = shapes.NewPath(), whole = shapes.NewPath(format), merged = shapes.NewPath(format);
        Ok(await CommandRun.StartAsync("featurize", "--model", Model, "--input", manifest, "--output", whole));
        for (int shard = Shards - 1; shard >= 0; shard--)
        {
            Ok(await FeaturizeAsync(manifest, parts, shard));
        }

        CommandRun merge = Ok(await CommandRun.StartAsync("merge", "--input", parts, "--output", merged, "--json"));

        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(merged));
        Assert.Equal((Shards, 2), (merge.Json.GetProperty("parts").GetInt32(), merge.Json.GetProperty("skipped").GetInt32()));
    }

    [Fact]
    public async Task Manifest_OfNothing_LeavesTheOneThatIsThere()
    {
        string manifest = await FrozenAsync(), empty = Directory.CreateDirectory(shapes.NewPath()).FullName;
        byte[] before = File.ReadAllBytes(manifest);

        CommandRun run = await CommandRun.StartAsync("manifest", "--input", empty, "--output", manifest);

        run.AssertFailed(1, "names no image");
        Assert.Equal(before, File.ReadAllBytes(manifest));
    }

    [Fact]
    public async Task Manifest_OfWhatIsNotThere_NamesTheInput() =>
        (await CommandRun.StartAsync("manifest", "--input", "nosuch", "--output", shapes.NewPath(".parquet"))).AssertFailed(1, "error: Input 'nosuch' does not exist");

    [Fact]
    public async Task Featurize_StorageThatIsNotThere_FailsAndLeavesNoPart()
    {
        string folder = shapes.Copy(), manifest = shapes.NewPath(".parquet"), parts = shapes.NewPath();
        Ok(await CommandRun.StartAsync("manifest", "--input", folder, "--output", manifest));
        Directory.Delete(folder, recursive: true);

        CommandRun run = await FeaturizeAsync(manifest, parts, 0);

        run.AssertFailed(1, "could be opened, so their storage is missing", folder);
        Assert.Empty(Directory.GetFiles(parts));
    }

    /// <summary>As one process: a job of which nothing could be read has not succeeded.</summary>
    [Fact]
    public async Task Merge_OfPartsWithoutAnImage_Fails()
    {
        string folder = Directory.CreateDirectory(shapes.NewPath()).FullName, parts = shapes.NewPath(), output = shapes.NewPath(".csv");
        File.WriteAllText(Path.Combine(folder, "a.jpg"), "no image");
        Ok(await CommandRun.StartAsync("featurize", "--model", Model, "--input", folder, "--output", parts, "--shard", "0/1"));

        (await CommandRun.StartAsync("merge", "--input", parts, "--output", output)).AssertFailed(1, "None of the 1 images", parts);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task Featurize_PartThatIsThere_IsNotMadeAgain()
    {
        string manifest = await FrozenAsync(), parts = shapes.NewPath();
        Ok(await FeaturizeAsync(manifest, parts, 0));
        string part = Assert.Single(Directory.GetFiles(parts));
        DateTime written = File.GetLastWriteTimeUtc(part);

        CommandRun again = Ok(await FeaturizeAsync(manifest, parts, 0));

        Assert.True(again.Json.GetProperty("alreadyDone").GetBoolean());
        Assert.Equal(written, File.GetLastWriteTimeUtc(part));
    }

    [Fact]
    public async Task Featurize_AShardTwiceAtOnce_GivesThePartOfOne()
    {
        string manifest = await FrozenAsync(), once = shapes.NewPath(), twice = shapes.NewPath();
        Ok(await FeaturizeAsync(manifest, once, 1));

        CommandRun[] both = await Task.WhenAll(FeaturizeAsync(manifest, twice, 1), FeaturizeAsync(manifest, twice, 1));

        Assert.All(both, run => Ok(run));
        Assert.Equal(File.ReadAllBytes(Assert.Single(Directory.GetFiles(once))), File.ReadAllBytes(Assert.Single(Directory.GetFiles(twice))));
    }

    [Fact]
    public async Task Evaluate_InShards_TotalsToTheSame()
    {
        string parts = shapes.NewPath();
        CommandRun whole = Ok(await CommandRun.StartAsync("evaluate", "--model", Model, "--data", shapes.Folder, "--json"));
        for (int shard = 0; shard < Shards; shard++)
        {
            Ok(await CommandRun.StartAsync("evaluate", "--model", Model, "--data", shapes.Folder, "--shard", $"{shard}/{Shards}", "--output", parts, "--json"));
        }

        CommandRun merge = Ok(await CommandRun.StartAsync("merge", "--input", parts, "--verify", "--json"));

        foreach (string figure in (string[])["count", "top1", "top5", "loss", "skipped"])
        {
            Assert.Equal(whole.Json.GetProperty(figure).GetRawText(), merge.Json.GetProperty(figure).GetRawText());
        }
    }

    [Fact]
    public async Task Merge_PartsMissingForeignOrDamaged_NamesThem()
    {
        string manifest = await FrozenAsync(), parts = shapes.NewPath(), other = shapes.NewPath();
        Ok(await FeaturizeAsync(manifest, parts, 0));
        Ok(await FeaturizeAsync(manifest, parts, 2));
        CommandRun missing = await CommandRun.StartAsync("merge", "--input", parts, "--verify");
        Ok(await FeaturizeAsync(shapes.Folder, other, 1));
        File.Copy(Path.Combine(other, "part-00001-of-00003.parquet"), Path.Combine(parts, "part-00001-of-00003.parquet"));
        CommandRun foreign = await CommandRun.StartAsync("merge", "--input", parts, "--verify");
        CommandRun intoForeign = await FeaturizeAsync(manifest, parts, 1);
        File.Delete(Path.Combine(parts, "part-00001-of-00003.parquet"));
        Ok(await FeaturizeAsync(manifest, parts, 1));
        string damaged = Path.Combine(parts, "part-00002-of-00003.parquet"), output = shapes.NewPath(".csv");
        byte[] bytes = File.ReadAllBytes(damaged);
        bytes[bytes.Length / 3] ^= 0x10;
        File.WriteAllBytes(damaged, bytes);
        CommandRun broken = await CommandRun.StartAsync("merge", "--input", parts, "--output", output);

        Assert.Equal([1, 1, 1, 1], [missing.ExitCode, foreign.ExitCode, intoForeign.ExitCode, broken.ExitCode]);
        Assert.Contains("Parts are missing, 1: part-00001-of-00003.parquet", missing.Error, StringComparison.Ordinal);
        Assert.Contains("part-00001-of-00003.parquet': it is of the list", foreign.Error, StringComparison.Ordinal);
        Assert.Contains("is a part of another job: it is of the list", intoForeign.Error, StringComparison.Ordinal);
        Assert.Contains($"'{damaged}' is damaged", broken.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public async Task Featurize_ImageThatChangedAfterFreezing_IsSkippedByName()
    {
        string folder = shapes.NewPath(), manifest = shapes.NewPath(".parquet"), csv = shapes.NewPath(".csv");
        Directory.CreateDirectory(folder);
        string[] photos = [.. shapes.Images.Take(3).Select(image => image.ImagePath)];
        foreach (string photo in photos)
        {
            File.Copy(photo, Path.Combine(folder, Path.GetFileName(photo)), overwrite: true);
        }

        Ok(await CommandRun.StartAsync("manifest", "--input", folder, "--output", manifest));
        string changed = Directory.GetFiles(folder)[0];
        File.AppendAllText(changed, "x");

        CommandRun run = Ok(await CommandRun.StartAsync("featurize", "--model", Model, "--input", manifest, "--output", csv, "--json"));

        Assert.Equal(1, run.Json.GetProperty("skipped").GetInt32());
        Assert.Contains("when the list was frozen", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4/4", "parts", "expected i/n with 0 <= i < n")]
    [InlineData("0/2", "table.csv", "is a file: with --shard it is the folder of parts")]
    public async Task Featurize_WrongShard_IsWrongUsage(string shard, string output, string expected)
    {
        CommandRun run = await CommandRun.StartAsync("featurize", "--model", Model, "--input", shapes.Folder, "--output", Path.Combine(Path.GetTempPath(), output), "--shard", shard);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static CommandRun Ok(CommandRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    private Task<CommandRun> FeaturizeAsync(string input, string parts, int shard) =>
        CommandRun.StartAsync("featurize", "--model", Model, "--input", input, "--output", parts, "--shard", $"{shard}/{Shards}", "--json");

    /// <summary>The shapes, and two entries that cannot be read.</summary>
    private async Task<string> FrozenAsync()
    {
        string list = shapes.NewPath(".txt"), manifest = shapes.NewPath(".parquet"), broken = shapes.NewPath(".jpg");
        File.WriteAllText(broken, "no image");
        string[] paths = [.. shapes.Images.Select(image => image.ImagePath)];
        File.WriteAllLines(list, [.. paths[..10], broken, .. paths[10..], shapes.NewPath(".jpg")]);
        Ok(await CommandRun.StartAsync("manifest", "--input", list, "--output", manifest));
        return manifest;
    }
}
