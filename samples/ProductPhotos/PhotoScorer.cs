using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using ResNeXt.MLNet;

namespace ProductPhotos;

/// <summary>Reads the products that have no prediction yet, a page at a time, through ML.NET's DatabaseLoader, and classifies their photos.</summary>
internal sealed class PhotoScorer : IDisposable
{
    /// <summary>Larger blobs are not read at all: a text of hexadecimal digits takes four times their memory for a moment.</summary>
    private const int MaxPhotoBytes = 64 << 20;

    private static readonly ImageLimits Limits = new() { MaxEncodedBytes = MaxPhotoBytes };

    private readonly ProductDatabase _database;
    private readonly MLContext _ml = new();
    private readonly DatabaseLoader _loader;
    private readonly TransformerChain<KeyToValueMappingTransformer> _model;
    private readonly Lazy<ResNeXtPredictor> _explainer;
    private readonly int _batch;

    /// <exception cref="InvalidDataException">The file is not a model of ours.</exception>
    public PhotoScorer(ProductDatabase database, string modelFile, int batch)
    {
        (_database, _batch) = (database, batch);
        ModelId = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(modelFile)))[..16];
        _explainer = new Lazy<ResNeXtPredictor>(() => ResNeXtPredictor.Load(modelFile, limits: Limits));

        // DatabaseLoader knows texts and numbers, no blobs: the photo comes as hexadecimal digits and is made bytes again in the pipeline.
        _loader = _ml.Data.CreateDatabaseLoader(
            new DatabaseLoader.Column(nameof(HexPhoto.Id), DbType.Int64, 0), new DatabaseLoader.Column(nameof(HexPhoto.Hex), DbType.String, 1));
        var pipeline = _ml.Transforms.CustomMapping<HexPhoto, BytePhoto>((hex, bytes) => bytes.Photo = Convert.FromHexString(hex.Hex.Span), contractName: null)
            .Append(_ml.Transforms.ClassifyImages(new ClassifyImagesOptions
            {
                InputColumnName = nameof(BytePhoto.Photo),
                ModelFile = modelFile,
                BadImages = BadImagePolicy.Missing,
                HasImageColumnName = nameof(ScoredPhoto.HasImage),
                Limits = Limits,
            }))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        _model = pipeline.Fit(Page([0])); // opens the network; reads no row
    }

    /// <summary>Names the model by its content: with another one all products are scored anew, beside the old predictions.</summary>
    public string ModelId { get; }

    /// <summary>The predictions that are missing. A page is asked for when the one before has been written.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the page under way is not returned.</exception>
    public IEnumerable<IReadOnlyList<Prediction>> Pages(CancellationToken cancellationToken)
    {
        for (IReadOnlyList<long> ids = Next(long.MinValue); ids.Count > 0; ids = Next(ids[^1]))
        {
            yield return Score(Page(ids), cancellationToken);
        }

        IReadOnlyList<long> Next(long after) => _database.Unpredicted(ModelId, after, _batch); // few enough for the memory
    }

    public void Dispose()
    {
        _model.Dispose();
        if (_explainer.IsValueCreated)
        {
            _explainer.Value.Dispose();
        }
    }

    /// <summary>
    /// A row for each product, with its photo. The pipeline reads a page twice, photos ahead of the other columns, and products come and go
    /// meanwhile: so the keys stand in the query, and the rows are the same whatever has happened to the table.
    /// </summary>
    private IDataView Page(IReadOnlyList<long> ids) => _loader.Load(new DatabaseSource(SqliteFactory.Instance, _database.ConnectionString, string.Create(
        CultureInfo.InvariantCulture,
        $"""
        WITH page (id) AS (VALUES ({string.Join("), (", ids)}))
        SELECT page.id, (SELECT CASE WHEN length(photo) <= {MaxPhotoBytes} THEN hex(photo) END FROM products WHERE id = page.id)
        FROM page ORDER BY page.id
        """)));

    private List<Prediction> Score(IDataView page, CancellationToken cancellationToken)
    {
        var predictions = new List<Prediction>();
        cancellationToken.ThrowIfCancellationRequested();
        foreach (ScoredPhoto photo in _ml.Data.CreateEnumerable<ScoredPhoto>(_model.Transform(page), reuseRowObject: true))
        {
            cancellationToken.ThrowIfCancellationRequested();
            predictions.Add(photo.HasImage
                ? new Prediction(photo.Id, photo.PredictedLabel, photo.Score.Max(), null)
                : Again(photo.Id));
        }

        return predictions;
    }

    /// <summary>The pipeline says that there is no image, not why: the predictor does, unless the photo has come meanwhile.</summary>
    private Prediction Again(long id)
    {
        long bytes = _database.PhotoBytes(id);
        if (bytes > MaxPhotoBytes)
        {
            return new Prediction(id, null, null, string.Create(CultureInfo.InvariantCulture, $"The photo has {bytes} bytes: expected at most {MaxPhotoBytes}."));
        }

        try
        {
            LabelProbability best = _explainer.Value.Predict(_database.Photo(id)).Top(1)[0];
            return new Prediction(id, best.Label, best.Probability, null);
        }
        catch (InvalidDataException exception)
        {
            return new Prediction(id, null, null, exception.Message);
        }
    }

    private sealed class HexPhoto
    {
        public long Id { get; set; }

        public ReadOnlyMemory<char> Hex { get; set; }
    }

    private sealed class BytePhoto
    {
        [VectorType]
        public byte[] Photo { get; set; } = [];
    }

    private sealed class ScoredPhoto
    {
        public long Id { get; set; }

        public bool HasImage { get; set; }

        public string PredictedLabel { get; set; } = "";

        public float[] Score { get; set; } = [];
    }
}
