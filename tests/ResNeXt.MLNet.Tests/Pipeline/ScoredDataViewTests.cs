using Microsoft.ML;
using Microsoft.ML.Data;

namespace ResNeXt.MLNet.Tests;

public sealed class ScoredDataViewTests : IClassFixture<TestImages>, IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly TestImages _images;
    private readonly ResNeXtTransformer _transformer;
    private readonly float[][] _expected;

    public ScoredDataViewTests(TestImages images)
    {
        _images = images;
        IDataView photos = Load(Rows.Of(images.Paths));
        _transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel, batchSize: 7).Fit(photos);
        _expected = Rows.Features(_ml, _transformer.Transform(photos));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(14)]
    public void GetRowCursor_AnyRowCount_KeepsRowsTogether(int count)
    {
        FeatureRow[] rows = Read(Load(Rows.Of(_images.Paths.Take(count))));
        Assert.Equal(Enumerable.Range(0, count), rows.Select(row => row.Number));
        Assert.Equal(_expected.Take(count), rows.Select(row => row.Features));
    }

    /// <summary>Shuffles in a pool on threads of its own, and hands on less than it reads.</summary>
    [Fact]
    public void GetRowCursor_ShuffleRowsAndFilterBefore_KeepsRowsTogether()
    {
        IDataView rows40 = Load(Rows.Of(_images.Paths));
        IDataView numbered = _ml.Transforms.Conversion.ConvertType("Value", "Number", DataKind.Single).Fit(rows40).Transform(rows40);
        IDataView source = _ml.Data.FilterRowsByColumn(_ml.Data.ShuffleRows(numbered, seed: 3, shufflePoolSize: 9), "Value", 5, 35);
        IDataView data = _transformer.Transform(source);
        FeatureRow[] rows = Read(source);
        Assert.Equal(Enumerable.Range(5, 30), rows.Select(row => row.Number).Order());
        Assert.All(rows, row => Assert.Equal(_expected[row.Number], row.Features));
        AssertShuffled(data, null);
        AssertShuffled(data, new Random(2));
    }

    [Fact]
    public void GetRowCursor_CachedSource_KeepsRowsTogether()
    {
        IDataView data = _transformer.Transform(_ml.Data.Cache(Load(Rows.Of(_images.Paths))));
        Assert.True(data.CanShuffle);
        AssertShuffled(data, new Random(5));
        AssertShuffled(data, new Random(6));
    }

    [Fact]
    public void GetRowCursor_OnlyForeignColumns_ScoresNothing()
    {
        // Nothing but broken images: scoring one would throw.
        IDataView data = _transformer.Transform(Load(Rows.Of(["gone 1.jpg", "gone 2.jpg"])));
        Assert.Equal([0, 1], data.GetColumn<int>("Number"));
        Assert.Equal(2, data.GetRowCount());
        using DataViewRowCursor cursor = data.GetRowCursor([data.Schema["Number"]]);
        Assert.False(cursor.IsColumnActive(data.Schema["Features"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]));
    }

    [Fact]
    public void GetRowCursor_TwoAtOnce_DoNotDisturbEachOther()
    {
        IDataView data = _transformer.Transform(Load(Rows.Of(_images.Paths)));
        using DataViewRowCursor first = data.GetRowCursor(data.Schema), second = data.GetRowCursor(data.Schema);
        ValueGetter<VBuffer<float>> firstFeatures = first.GetGetter<VBuffer<float>>(data.Schema["Features"]);
        ValueGetter<VBuffer<float>> secondFeatures = second.GetGetter<VBuffer<float>>(data.Schema["Features"]);
        VBuffer<float> value = default;
        for (int i = 0; i < 20; i++)
        {
            Assert.True(first.MoveNext());
            firstFeatures(ref value);
            Assert.Equal(_expected[i], value.DenseValues());
            Assert.True(i % 2 == 1 || second.MoveNext());
            secondFeatures(ref value);
            Assert.Equal(_expected[i / 2], value.DenseValues());
        }
    }

    /// <summary>As a database has them: the columns that are passed on come with the image, and no cursor fetches it again.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GetRowCursor_ImagesInTheRows_ReadsEachOnce(bool asksForTheImage)
    {
        CountedRow[] rows = [.. _images.Paths.Take(23).Select((path, i) => new CountedRow(File.ReadAllBytes(path)) { Number = i, Text = $"row {i}", Flag = i % 3 == 0, Time = DateTime.UnixEpoch.AddDays(i) })];
        IDataView plain = _ml.Data.LoadFromEnumerable(rows);
        IDataView source = _ml.Transforms.Conversion.MapValueToKey("Key", "Text").Fit(plain).Transform(plain);
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "Image", TestImages.TinyModel, batchSize: 7).Fit(source);
        IDataView data = transformer.Transform(source);
        Array.ForEach(rows, row => row.Reads = 0);

        using (DataViewRowCursor cursor = data.GetRowCursor(data.Schema.Where(column => asksForTheImage || column.Name != "Image")))
        {
            ValueGetter<int> number = cursor.GetGetter<int>(data.Schema["Number"]);
            ValueGetter<ReadOnlyMemory<char>> text = cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema["Text"]);
            ValueGetter<uint> key = cursor.GetGetter<uint>(data.Schema["Key"]);
            ValueGetter<bool> flag = cursor.GetGetter<bool>(data.Schema["Flag"]);
            ValueGetter<DateTime> time = cursor.GetGetter<DateTime>(data.Schema["Time"]);
            ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]);
            ValueGetter<VBuffer<byte>>? image = asksForTheImage ? cursor.GetGetter<VBuffer<byte>>(data.Schema["Image"]) : null;
            Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<long>(data.Schema["Number"]));
            for (int i = 0; i < rows.Length; i++)
            {
                Assert.True(cursor.MoveNext());
                (int Number, ReadOnlyMemory<char> Text, uint Key, bool Flag, DateTime Time, VBuffer<float> Features, VBuffer<byte> Image) = (-1, default, 0, false, default, default, default);
                number(ref Number);
                text(ref Text);
                key(ref Key);
                flag(ref Flag);
                time(ref Time);
                features(ref Features);
                image?.Invoke(ref Image);
                Assert.Equal((i, $"row {i}", (uint)i + 1, i % 3 == 0, DateTime.UnixEpoch.AddDays(i), (long)i), (Number, Text.ToString(), Key, Flag, Time, cursor.Position));
                Assert.Equal(_expected[i], Features.DenseValues());
                Assert.True(image is null || Image.DenseValues().SequenceEqual(File.ReadAllBytes(_images.Paths[i])));
            }

            Assert.False(cursor.MoveNext());
        }

        Assert.All(rows, row => Assert.Equal(1, row.Reads));
    }

    [Fact]
    public void GetRowCursor_ImagesInShuffledRows_KeepsRowsTogether()
    {
        var rows = _images.Paths.Select((path, i) => new CountedRow(File.ReadAllBytes(path)) { Number = i });
        IDataView source = _ml.Data.ShuffleRows(_ml.Data.LoadFromEnumerable(rows), seed: 3, shufflePoolSize: 9);
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "Image", TestImages.TinyModel, batchSize: 7).Fit(source);

        FeatureRow[] read = [.. _ml.Data.CreateEnumerable<FeatureRow>(transformer.Transform(source), reuseRowObject: false)];

        Assert.Equal(Enumerable.Range(0, 40), read.Select(row => row.Number).Order());
        Assert.All(read, row => Assert.Equal(_expected[row.Number], row.Features));
    }

    [Fact]
    public void GetRowCursor_ImagesInTheRowsBeforeAnotherNetwork_ReadsEachOnce()
    {
        CountedRow[] rows = [.. _images.Paths.Take(23).Select((path, i) => new CountedRow(File.ReadAllBytes(path)) { Number = i })];
        IDataView source = _ml.Data.LoadFromEnumerable(rows);
        using TransformerChain<ResNeXtTransformer> both = _ml.Transforms.ClassifyImages("Image", TestImages.TinyModel)
            .Append(_ml.Transforms.FeaturizeImages("Features", "Image", TestImages.TinyModel, batchSize: 7)).Fit(source);
        Array.ForEach(rows, row => row.Reads = 0);
        IDataView data = both.Transform(source);

        using (DataViewRowCursor cursor = data.GetRowCursor([data.Schema["Number"], data.Schema["PredictedLabel"], data.Schema["Features"]]))
        {
            ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]);
            VBuffer<float> value = default;
            for (int i = 0; cursor.MoveNext(); i++)
            {
                features(ref value);
                Assert.Equal(_expected[i], value.DenseValues());
            }
        }

        Assert.All(rows, row => Assert.Equal(1, row.Reads));
    }

    [Fact]
    public void GetRowCursor_DisposedEarly_ClosesTheSource()
    {
        var source = new CountingDataView(Load(Rows.Of(_images.Paths)));
        IDataView data = _transformer.Transform(source);
        data.GetRowCursor(data.Schema).Dispose();
        Assert.Equal(0, source.Open);

        using (DataViewRowCursor cursor = data.GetRowCursor(data.Schema))
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(2, source.Open);
        }

        Assert.Equal(0, source.Open);
    }

    [Fact]
    public void GetRowCursor_BadImage_ThrowsAtItsRowAndNamesIt()
    {
        string text = _images.NewFile(".jpg", "no image"u8.ToArray());
        IDataView data = _transformer.Transform(Load(Rows.Of([.. _images.Paths.Take(9), text, .. _images.Paths.Skip(9)])));
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        for (int i = 0; i < 9; i++)
        {
            Assert.True(cursor.MoveNext());
        }

        var exception = Assert.Throws<InvalidDataException>(() => cursor.MoveNext());
        Assert.Equal($"Row 9, column 'ImagePath': '{text}' is not an image: expected JPEG, PNG, GIF, BMP or WebP.", exception.Message);
        VBuffer<float> value = default;
        Assert.Same(exception, Assert.Throws<InvalidDataException>(() => cursor.GetGetter<VBuffer<float>>(data.Schema["Features"])(ref value))); // not the row before
    }

    [Fact]
    public void GetRowCursor_PathGone_NamesRowAndPath()
    {
        IDataView data = _transformer.Transform(Load(Rows.Of(["gone.jpg"])));
        var exception = Assert.Throws<InvalidDataException>(() => Rows.Features(_ml, data));
        Assert.StartsWith("Row 0, column 'ImagePath': ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("gone.jpg", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetRowCursor_SourceThrows_GivesItsException()
    {
        IEnumerable<PathRow> Broken()
        {
            yield return Rows.Of(_images.Paths)[0];
            throw new TimeoutException("the database is gone");
        }

        IDataView data = _transformer.Transform(Load(Broken()));
        Assert.Contains("the database is gone", Assert.ThrowsAny<Exception>(() => Rows.Features(_ml, data)).ToString(), StringComparison.Ordinal);
    }

    /// <summary>More of them at once than there are threads that decode: each source needs some for itself while it is read.</summary>
    [Fact]
    public void GetRowCursor_SourcesThatScoreThemselves_DoNotWaitForEachOther()
    {
        IEnumerable<PathRow> Scored()
        {
            IDataView inner = _transformer.Transform(Load(Rows.Of(_images.Paths)));
            foreach (FeatureRow row in _ml.Data.CreateEnumerable<FeatureRow>(inner, false))
            {
                Assert.Equal(_expected[row.Number], row.Features);
                yield return new PathRow { Number = row.Number, ImagePath = _images.Paths[row.Number] };
            }
        }

        float[][][] features = new float[(2 * Environment.ProcessorCount) + 2][][];
        Thread[] readers = [.. features.Select((_, i) => new Thread(() => features[i] = Rows.Features(_ml, _transformer.Transform(Load(Scored())))) { IsBackground = true })];
        Array.ForEach(readers, reader => reader.Start());

        Assert.All(readers, reader => Assert.True(reader.Join(TimeSpan.FromMinutes(1))));
        Assert.All(features, read => Assert.Equal(_expected, read));
    }

    [Fact]
    public void GetRowCursor_SourceChangesBetweenReadings_SaysSo()
    {
        int readings = 0;
        IEnumerable<PathRow> Changing() => Rows.Of(_images.Paths.Take(10 + Interlocked.Increment(ref readings)));
        IEnumerable<PathRow> Lazy()
        {
            foreach (PathRow row in Changing())
            {
                yield return row;
            }
        }

        IDataView data = _transformer.Transform(Load(Lazy()));
        var exception = Assert.Throws<InvalidOperationException>(() => Rows.Features(_ml, data));
        Assert.Contains("changed its rows", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>The row ids of such a source are positions and stay the same.</summary>
    [Fact]
    public void GetRowCursor_SourceChangesItsOrder_SaysSo()
    {
        int readings = 0;
        IEnumerable<PathRow> Lazy()
        {
            PathRow[] rows = [.. Rows.Of(_images.Paths)];
            foreach (PathRow row in Interlocked.Increment(ref readings) % 2 == 0 ? rows : Enumerable.Reverse(rows))
            {
                yield return row;
            }
        }

        IDataView data = _transformer.Transform(Load(Lazy()));
        using DataViewRowCursor cursor = data.GetRowCursor([data.Schema["Label"], data.Schema["Features"]]);

        var exception = Assert.Throws<InvalidOperationException>(() => cursor.MoveNext());

        Assert.Contains("changed its rows or their order between two readings, at row 0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GetRowCursor_BeforeAndAfterTheRows_BehavesAsMLNetSays()
    {
        IDataView data = _transformer.Transform(Load(Rows.Of(_images.Paths.Take(2))));
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        ValueGetter<VBuffer<float>> features = cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]);
        VBuffer<float> value = default;
        Assert.Equal(-1, cursor.Position);
        Assert.Throws<InvalidOperationException>(() => features(ref value));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(data.Schema["Features"]));
        Assert.True(cursor.MoveNext() && cursor.MoveNext());
        Assert.Equal(1, cursor.Position);
        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void GetRowCursorSet_Many_GivesAllRowsOnce()
    {
        IDataView data = _transformer.Transform(Load(Rows.Of(_images.Paths)));
        DataViewRowCursor cursor = Assert.Single(data.GetRowCursorSet(data.Schema, 4));
        int count = 0;
        while (cursor.MoveNext())
        {
            count++;
        }

        cursor.Dispose();
        Assert.Equal(40, count);
    }

    public void Dispose() => _transformer.Dispose();

    private IDataView Load(IEnumerable<PathRow> rows) => _ml.Data.LoadFromEnumerable(rows);

    private FeatureRow[] Read(IDataView source) => [.. _ml.Data.CreateEnumerable<FeatureRow>(_transformer.Transform(source), false)];

    private void AssertShuffled(IDataView data, Random? rand)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema, rand);
        ValueGetter<int> getNumber = cursor.GetGetter<int>(data.Schema["Number"]);
        ValueGetter<VBuffer<float>> getFeatures = cursor.GetGetter<VBuffer<float>>(data.Schema["Features"]);
        var numbers = new List<int>();
        VBuffer<float> features = default;
        while (cursor.MoveNext())
        {
            int number = 0;
            getNumber(ref number);
            getFeatures(ref features);
            Assert.Equal(_expected[number], features.DenseValues());
            numbers.Add(number);
        }

        Assert.True(numbers.Count >= 30);
        Assert.NotEqual(numbers.Order(), numbers);
    }

    /// <summary>Counts the cursors that were not disposed.</summary>
    private sealed class CountingDataView(IDataView inner) : IDataView
    {
        private int _open;

        public int Open => _open;

        public bool CanShuffle => inner.CanShuffle;

        public DataViewSchema Schema => inner.Schema;

        public long? GetRowCount() => inner.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            Interlocked.Increment(ref _open);
            return new Cursor(this, inner.GetRowCursor(columnsNeeded, rand));
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];

        private sealed class Cursor(CountingDataView owner, DataViewRowCursor rows) : DataViewRowCursor
        {
            public override DataViewSchema Schema => rows.Schema;

            public override long Position => rows.Position;

            public override long Batch => rows.Batch;

            public override bool IsColumnActive(DataViewSchema.Column column) => rows.IsColumnActive(column);

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => rows.GetGetter<TValue>(column);

            public override ValueGetter<DataViewRowId> GetIdGetter() => rows.GetIdGetter();

            public override bool MoveNext() => rows.MoveNext();

            protected override void Dispose(bool disposing)
            {
                Interlocked.Decrement(ref owner._open);
                rows.Dispose();
                base.Dispose(disposing);
            }
        }
    }
}
