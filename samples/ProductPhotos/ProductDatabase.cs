using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ProductPhotos;

/// <summary>The SQLite file: <c>products</c>, which are read, and <c>predictions</c>, which are written.</summary>
internal sealed class ProductDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    private ProductDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        _connection = new SqliteConnection(connectionString);
    }

    /// <summary>For those who read beside us, as the DatabaseLoader does.</summary>
    public string ConnectionString { get; }

    /// <param name="file">The database.</param>
    /// <param name="create">Whether it is created, with an empty table of products, where it does not exist.</param>
    /// <exception cref="InvalidDataException">It has no products as expected.</exception>
    /// <exception cref="SqliteException">It is no SQLite database, or cannot be written.</exception>
    public static ProductDatabase Open(string file, bool create)
    {
        if (create)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        }

        var database = new ProductDatabase(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
        }.ToString());
        try
        {
            database._connection.Open();
            if (create)
            {
                database.Run("CREATE TABLE IF NOT EXISTS products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, photo BLOB)");
            }

            database.RequireProducts(file);
            database.Run("""
                CREATE TABLE IF NOT EXISTS predictions (
                    product_id INTEGER NOT NULL, model TEXT NOT NULL, label TEXT, probability REAL, error TEXT, scored_at TEXT NOT NULL,
                    PRIMARY KEY (product_id, model)) WITHOUT ROWID
                """);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public bool IsEmpty() => CountProducts() == 0;

    public long CountProducts() => (long)Ask("SELECT count(*) FROM products")!;

    public long CountPredictions(string model) => (long)Ask("SELECT count(*) FROM predictions WHERE model = $model", ("$model", model))!;

    /// <summary>The next products that a model has not scored, in the order of their keys.</summary>
    /// <param name="model">The model.</param>
    /// <param name="after">The key that they come after.</param>
    /// <param name="most">How many at most.</param>
    /// <exception cref="InvalidDataException">A key is not a whole number.</exception>
    public IReadOnlyList<long> Unpredicted(string model, long after, int most)
    {
        using SqliteCommand command = Command(
            """
            SELECT DISTINCT p.id FROM products p
            WHERE p.id > $after AND NOT EXISTS (SELECT 1 FROM predictions r WHERE r.product_id = p.id AND r.model = $model)
            ORDER BY p.id LIMIT $most
            """,
            ("$after", after),
            ("$model", model),
            ("$most", most));
        using SqliteDataReader reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read())
        {
            ids.Add(reader.GetValue(0) is long id ? id : throw new InvalidDataException(
                $"The column 'id' of 'products' holds '{reader.GetValue(0)}': expected whole numbers. Make a view with some: CREATE VIEW products AS SELECT rowid AS id, picture AS photo FROM articles"));
        }

        return ids;
    }

    /// <summary>Adds all products or none.</summary>
    public void Add(IEnumerable<Product> products)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach (Product product in products)
        {
            Run("INSERT INTO products (name, photo) VALUES ($name, $photo)", ("$name", product.Name), ("$photo", product.Photo));
        }

        transaction.Commit();
    }

    /// <summary>Writes a page of predictions, all or none. What another run has written meanwhile stays as it is.</summary>
    public void Add(IReadOnlyList<Prediction> page, string model)
    {
        string now = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture);
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach (Prediction prediction in page)
        {
            Run(
                "INSERT INTO predictions VALUES ($id, $model, $label, $probability, $error, $now) ON CONFLICT DO NOTHING",
                ("$id", prediction.ProductId),
                ("$model", model),
                ("$label", prediction.Label),
                ("$probability", prediction.Probability),
                ("$error", prediction.Error),
                ("$now", now));
        }

        transaction.Commit();
    }

    /// <summary>How large the photo of a product is; 0 where there is none.</summary>
    public long PhotoBytes(long id) => Ask("SELECT length(CAST(photo AS BLOB)) FROM products WHERE id = $id", ("$id", id)) as long? ?? 0;

    /// <summary>The photo of a product; empty where there is none.</summary>
    public byte[] Photo(long id) => Ask("SELECT CAST(photo AS BLOB) FROM products WHERE id = $id", ("$id", id)) as byte[] ?? [];

    /// <summary>The labels of all products, the most frequent first: how often, and how sure the network is on average.</summary>
    public IReadOnlyList<(string Label, long Count, double Probability)> Labels(string model)
    {
        using SqliteCommand command = Command(
            "SELECT label, count(*), avg(probability) FROM predictions WHERE model = $model AND error IS NULL GROUP BY label ORDER BY 2 DESC, 1", ("$model", model));
        using SqliteDataReader reader = command.ExecuteReader();
        var labels = new List<(string, long, double)>();
        while (reader.Read())
        {
            labels.Add((reader.GetString(0), reader.GetInt64(1), reader.GetDouble(2)));
        }

        return labels;
    }

    /// <summary>The products without a label, and why.</summary>
    public IReadOnlyList<(long Id, string Error)> Errors(string model, int most)
    {
        using SqliteCommand command = Command("SELECT product_id, error FROM predictions WHERE model = $model AND error IS NOT NULL ORDER BY 1 LIMIT $most", ("$model", model), ("$most", most));
        using SqliteDataReader reader = command.ExecuteReader();
        var errors = new List<(long, string)>();
        while (reader.Read())
        {
            errors.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return errors;
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>A query that finds the columns may still find no rows.</summary>
    private void RequireProducts(string file)
    {
        try
        {
            Ask("SELECT id, photo FROM products LIMIT 1");
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == 1) // SQLITE_ERROR: no such table, no such column
        {
            throw new InvalidDataException(
                $"'{file}' has no table 'products' with the columns 'id' and 'photo' ({exception.Message}). Make a view of yours: CREATE VIEW products AS SELECT key AS id, picture AS photo FROM articles", exception);
        }
    }

    private void Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        command.ExecuteNonQuery();
    }

    private object? Ask(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
