using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using ResNeXt.MLNet;

namespace ResNeXt.Samples.Tests;

public sealed class ProductPhotosTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_WithoutArguments_DrawsTheToyShopAndScoresIt()
    {
        SampleRun first = await RunAsync();
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains("drawing 200 product pictures", first.Error, StringComparison.Ordinal);
        Assert.Contains("200 of 200 products, 3 without a readable photo", first.Error, StringComparison.Ordinal);
        Assert.Matches(@"scored now +200, \d+ photos/s, 3 without a readable photo", first.Output);

        SampleRun second = await RunAsync();
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Matches(@"scored before +200\nscored now +0\n", second.Output);
        Assert.DoesNotContain("photos/s", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OwnDatabase_EveryRowHasThePredictorsAnswerOrItsError()
    {
        byte[][] photos = [.. Enumerable.Range(0, 23).Select(i => DrawnImages.Toy(i))];
        photos[3] = [];
        photos[11] = "<html></html>"u8.ToArray();
        photos[12] = photos[12][..(photos[12].Length / 2)];
        string database = Database(photos);
        Execute(database, "INSERT INTO products VALUES (-7, NULL), (1000, 'a text')"); // keys need not be dense or positive

        SampleRun run = await RunAsync("--database", database, "--batch", "5");
        Assert.True(run.ExitCode == 0, run.Error);
        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(SampleFiles.DefaultModel);
        Dictionary<long, Row> rows = Predictions(database).ToDictionary(row => row.Id);
        Assert.Equal([-7L, .. Enumerable.Range(1, photos.Length).Select(id => (long)id), 1000L], rows.Keys.Order());
        foreach ((long id, Row row) in rows)
        {
            if (id is -7 or 4 or 12 or 13 or 1000)
            {
                Assert.Null(row.Label);
                Assert.Contains(id switch { -7 or 4 => "is empty", 13 => "truncated", _ => "is not an image" }, row.Error, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal((predictor.Predict(photos[id - 1]).Label, null), (row.Label, row.Error));
                Assert.Equal(predictor.Predict(photos[id - 1]).Probability, row.Probability);
            }
        }
    }

    /// <summary>The pipeline reads a page twice, and the shop goes on selling: here no two readings find the same products.</summary>
    [Fact]
    public async Task Run_ProductsThatComeAndGo_GetNoOtherProductsAnswer()
    {
        byte[][] photos = [.. Enumerable.Range(0, 60).Select(i => DrawnImages.Toy(i))];
        string database = Database(photos);
        Execute(database, "ALTER TABLE products RENAME TO stock");
        Execute(database, "CREATE VIEW products AS SELECT id, photo FROM stock WHERE abs(random()) % 2");

        SampleRun run = await RunAsync("--database", database, "--batch", "5");

        Assert.True(run.ExitCode == 0, run.Error);
        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(SampleFiles.DefaultModel);
        Row[] answered = [.. Predictions(database).Where(row => row.Label is not null)];
        Assert.NotEmpty(answered);
        Assert.All(answered, row => Assert.Equal(predictor.Predict(photos[row.Id - 1]).Probability, row.Probability));
    }

    [Theory]
    [InlineData("TEXT", "'SKU-1'")]
    [InlineData("REAL", "1.5")]
    public async Task Run_KeysThatAreNoWholeNumbers_SaysSo(string type, string key)
    {
        string database = _folder.File("keys.db");
        Execute(database, $"CREATE TABLE products (id {type}, photo BLOB)");
        Execute(database, $"INSERT INTO products VALUES ({key}, zeroblob(0))");

        (await RunAsync("--database", database)).AssertFailed(1, $"holds '{key.Trim('\'')}': expected whole numbers");
    }

    [Fact]
    public async Task Run_KilledInTheMiddle_TheNextOneGoesOn()
    {
        const int Count = 600, Batch = 4;
        string database = Database([.. Enumerable.Repeat(DrawnImages.Toy(0), Count)]);
        using Process process = SampleRun.Start("ProductPhotos", _folder.Path, "--database", database, "--batch", $"{Batch}");
        await UntilAsync(database, 5 * Batch);
        process.Kill(); // as kill -9
        await process.WaitForExitAsync();
        Row[] before = [.. Predictions(database)];
        Assert.InRange(before.Length, 5 * Batch, Count - 1);
        Assert.Equal(0, before.Length % Batch);

        SampleRun run = await RunAsync("--database", database, "--batch", "100");
        Assert.True(run.ExitCode == 0, run.Error);
        Row[] after = [.. Predictions(database)];
        Assert.Equal(Enumerable.Range(1, Count).Select(id => (long)id), after.Select(row => row.Id));
        Assert.Equal(before, after[..before.Length]); // not scored again: the times are the same
        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $@"scored before +{before.Length}\nscored now +{Count - before.Length},"), run.Output);
    }

    [Fact]
    public async Task Run_Interrupted_KeepsWhatIsCommittedAndSays130()
    {
        Interrupts.SkipWhereIgnored();
        const int Count = 600, Batch = 4;
        string database = Database([.. Enumerable.Repeat(DrawnImages.Toy(0), Count)]);
        using Process process = SampleRun.Start("ProductPhotos", _folder.Path, "--database", database, "--batch", $"{Batch}");
        Task<SampleRun> ended = SampleRun.EndAsync(process);
        await UntilAsync(database, Batch);
        await Interrupts.SendAsync(process);
        SampleRun run = await ended;
        Assert.Equal((130, ""), (run.ExitCode, run.Output));
        Assert.Contains("interrupted: what is committed stays", run.Error, StringComparison.Ordinal);
        int committed = Predictions(database).Count();
        Assert.InRange(committed, Batch, Count - 1);
        Assert.Equal(0, committed % Batch);
    }

    [Fact]
    public async Task Run_WithAnotherModel_ScoresAnewBesideTheOld()
    {
        string database = Database([DrawnImages.Toy(0), DrawnImages.Toy(1)]);
        string other = Path.Combine(RepositoryFiles.Root, "tests", "ResNeXt.MLNet.Tests", "Models", "tiny.onnx");
        Assert.Equal(0, (await RunAsync("--database", database)).ExitCode);
        Assert.Matches(@"scored before +0\nscored now +2,", (await RunAsync("--database", database, "--model", other)).Output);
        Assert.Equal(4, Predictions(database).Count());
    }

    [Theory]
    [InlineData("--database gone.db", "--database 'gone.db' does not exist")]
    [InlineData("--model gone.onnx", "--model 'gone.onnx' does not exist")]
    [InlineData("--batch 0", "--batch is '0': expected 1 to 100000 rows")]
    [InlineData("--batch -5", "--batch is '-5'")]
    [InlineData("--batch", "'--batch' is not understood")]
    [InlineData("--what ever", "'--what ever' is not understood")]
    public async Task Run_WrongArguments_SaysWhichAndHow(string arguments, string expected)
    {
        SampleRun run = await RunAsync(arguments.Split(' '));
        run.AssertFailed(2, expected);
        Assert.Contains("usage: ProductPhotos [--database FILE]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DatabaseWithoutProducts_SaysWhatIsMissingAndWhatToDo()
    {
        string database = _folder.File("other.db");
        Execute(database, "CREATE TABLE articles (key INTEGER PRIMARY KEY, picture BLOB)");
        (await RunAsync("--database", database)).AssertFailed(1, "no table 'products' with the columns 'id' and 'photo'", "CREATE VIEW products AS SELECT");

        // The cure works.
        Execute(database, "INSERT INTO articles VALUES (5, zeroblob(0))");
        Execute(database, "CREATE VIEW products AS SELECT key AS id, picture AS photo FROM articles");
        SampleRun run = await RunAsync("--database", database);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(5, Assert.Single(Predictions(database)).Id);
    }

    [Fact]
    public async Task Run_FilesOfAnotherKind_SaysSo()
    {
        string text = _folder.File("text");
        await File.WriteAllTextAsync(text, string.Concat(Enumerable.Repeat("This is neither a database nor a model. ", 100)));
        (await RunAsync("--database", text)).AssertFailed(1, "not a database");
        (await RunAsync("--database", Database([]), "--model", text)).AssertFailed(1, text);
    }

    private Task<SampleRun> RunAsync(params string[] arguments) => SampleRun.RunAsync("ProductPhotos", _folder.Path, arguments);

    /// <summary>A database with a product for each photo; their keys begin with 1.</summary>
    private string Database(IReadOnlyList<byte[]> photos)
    {
        string file = _folder.File(Guid.NewGuid().ToString("N") + ".db");
        using SqliteConnection connection = Open(file);
        using SqliteTransaction transaction = connection.BeginTransaction();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "CREATE TABLE products (id INTEGER PRIMARY KEY, photo BLOB)";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO products (photo) VALUES ($photo)";
        foreach (byte[] photo in photos)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$photo", photo);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
        return file;
    }

    private static void Execute(string file, string sql)
    {
        using SqliteConnection connection = Open(file);
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own text
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static IEnumerable<Row> Predictions(string file)
    {
        using SqliteConnection connection = Open(file);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT product_id, label, probability, error, scored_at FROM predictions ORDER BY 1, model";
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new Row(
                reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : (float)reader.GetDouble(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4));
        }
    }

    /// <summary>Waits until so many rows are committed.</summary>
    private static async Task UntilAsync(string file, int count)
    {
        var clock = Stopwatch.StartNew();
        while (Committed() < count)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), "Nothing is committed.");
            await Task.Delay(10);
        }

        long Committed()
        {
            using SqliteConnection connection = Open(file);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = 'predictions'";
            if ((long)command.ExecuteScalar()! == 0)
            {
                return 0;
            }

            command.CommandText = "SELECT count(*) FROM predictions";
            return (long)command.ExecuteScalar()!;
        }
    }

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    private sealed record Row(long Id, string? Label, float? Probability, string? Error, string ScoredAt);
}
