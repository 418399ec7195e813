using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;

namespace ResNeXt.Training;

/// <summary>A network that another one learns from: asked once for each photo, before the first epoch, and looked up in each.</summary>
internal sealed class Teacher : IDisposable
{
    private const double DefaultFeatureWeight = 10;
    private static readonly TimeSpan FirstProgress = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LaterProgress = TimeSpan.FromSeconds(30);

    private readonly TeacherSession _session;
    private readonly TeacherLayout _layout;
    private readonly TeacherPreparation _preparation;
    private readonly int[] _classOrder;
    private readonly Dictionary<string, int> _rows = [];
    private TeacherStore? _store;
    private (int ImageSize, int Stride) _student;

    private Teacher(TrainOptions options, TeacherSession session, TeacherPreparation preparation, int[] classOrder)
    {
        (Options, _session, _preparation, _classOrder) = (options, session, preparation, classOrder);
        _layout = session.Layout;
    }

    /// <summary>The options with the defaults for this teacher in the place of null.</summary>
    public TrainOptions Options { get; }

    /// <summary>What its features are like; known when it is prepared.</summary>
    public TeacherStatistics Statistics { get; private set; } = TeacherStatistics.Of(new TeacherStatistics.Sums(0), new TeacherLayout(0, 1, 1, 0));

    /// <summary>Opens it and finds out what can be learned from it.</summary>
    /// <param name="options">Options with a teacher.</param>
    /// <param name="labels">The student's classes.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no ONNX file, does not compute what is asked for, or has other classes.</exception>
    public static Teacher Open(TrainOptions options, IReadOnlyList<string> labels)
    {
        TeacherGraph graph = TeacherGraph.Read(options.Teacher!);
        TeacherPreparation preparation = TeacherPreparation.Of(options, graph);
        bool sameClasses = graph.Metadata?.Labels is IReadOnlyList<string> known && known.Count == labels.Count && known.ToHashSet().SetEquals(labels);
        double logitWeight = options.DistillLogits ?? (sameClasses && options.LabelWeight is not 0 ? 1 : 0);
        if (logitWeight > 0 && graph.Metadata is not null && !sameClasses)
        {
            throw new InvalidDataException($"DistillLogits (--distill-logits) is given, and teacher '{graph.Path}' has other classes ({DataSplit.Shorten(graph.Metadata.Labels)}) than the photos ({DataSplit.Shorten(labels)}): expected the same names, or --distill-logits 0.");
        }

        double featureWeight = options.DistillFeatures ?? (graph.Metadata is null && logitWeight > 0 ? 0 : DefaultFeatureWeight);
        if (featureWeight == 0 && logitWeight == 0 && options.DistillMaps == 0)
        {
            throw new InvalidDataException($"DistillFeatures, DistillMaps and DistillLogits are 0: nothing is learned from teacher '{graph.Path}'. Give one of them a weight, or leave the teacher out.");
        }

        string value = Value(options, graph);
        string? features = featureWeight > 0 || options.DistillMaps > 0 ? value : null;
        string? logits = logitWeight == 0 ? null : graph.Metadata is null ? value : ResNeXtMetadata.LogitsName;
        ExecutionDevice device = options.Device.IsCuda ? ExecutionDevice.Auto : options.Device; // libtorch's CUDA does not promise ONNX Runtime one
        var session = new TeacherSession(graph, features, logits, preparation, device);
        try
        {
            TeacherLayout layout = session.Layout;
            if (options.DistillMaps > 0 && !layout.IsMap)
            {
                throw new InvalidDataException($"DistillMaps (--distill-maps) is given, and value '{features}' of teacher '{graph.Path}' is a vector of {layout.Channels}: expected a map, [1, C, h, w]. Name one with --teacher-output.");
            }

            if (logits is not null && layout.Classes != labels.Count)
            {
                throw new InvalidDataException(FormattableString.Invariant($"DistillLogits (--distill-logits) is given, and value '{logits}' of teacher '{graph.Path}' has {layout.Classes} numbers for {labels.Count} classes: expected as many, in the order of the classes."));
            }

            int[] order = [.. labels.Select((label, i) => graph.Metadata is null || logits is null ? i : graph.Metadata.Labels.Index().First(pair => pair.Item == label).Index)];
            TrainOptions resolved = options with
            {
                DistillFeatures = featureWeight,
                DistillLogits = logitWeight,
                LabelWeight = options.LabelWeight ?? 1,
                TaughtBy = new TaughtBy(graph.Digest, string.Join(", ", new[] { features, logits }.OfType<string>()), preparation.ToString(), layout.Channels),
            };
            return new Teacher(resolved, session, preparation, order);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Asks the teacher about every photo that its store does not know yet. Ranks share them out.</summary>
    /// <param name="data">The photos.</param>
    /// <param name="folder">Where the store is.</param>
    /// <param name="imageSize">Edge of the student's square.</param>
    /// <param name="stride">Pixels of it from place to place of the student's last map.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="unreadable">Told when a photo cannot be read, before the exception comes out.</param>
    /// <param name="log">Told how much there is to do, and how far it is.</param>
    /// <param name="cancellation">Stops between two photos; what is kept by then stays.</param>
    /// <exception cref="InvalidDataException">A photo cannot be read.</exception>
    /// <exception cref="IOException">The outputs cannot be kept.</exception>
    public void Prepare(DataSplit data, string folder, int imageSize, int stride, RankGroup ranks, Action unreadable, Action<string>? log, CancellationToken cancellation)
    {
        _student = (imageSize, stride);
        var training = data.Training.Select(sample => sample.Path).ToHashSet();
        string[] paths = [.. training.Concat(data.Validation.Select(sample => sample.Path)).Distinct().Order(StringComparer.Ordinal)]; // whatever the split and its seed
        foreach ((int row, string path) in paths.Index())
        {
            _rows[path] = row;
        }

        string index = Index(paths);
        TeacherStatistics.Sums?[] sums = [];
        if (ranks.IsFirst)
        {
            _store = TeacherStore.Create(folder, index, paths.Length, _layout.Count, Options.TeacherCache is not null, log);
            sums = new TeacherStatistics.Sums?[_store.BlockCount];
            ParallelWork.For(sums.Length, block => sums[block] = Known(block, paths, training, log), cancellation);
        }

        string missing = ranks.Broadcast(string.Join(',', sums.Index().Where(sum => sum.Item is null).Select(sum => sum.Index)));
        int[] blocks = [.. missing.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        _store ??= TeacherStore.Open(folder, index, paths.Length, _layout.Count);
        log?.Invoke(FormattableString.Invariant(
            $"teacher: {paths.Length:N0} photos{_layout}, {Size(_store.Bytes)} in '{folder}'{(blocks.Length == 0 ? ", all there" : blocks.Length < _store.BlockCount ? FormattableString.Invariant($", {blocks.Length} of {_store.BlockCount} blocks to make") : "")}"));
        Make(blocks[ranks.Share(blocks.Length)], paths, unreadable, log, cancellation);
        ranks.Sum(new double[1]); // all have written
        foreach (int block in ranks.IsFirst ? blocks : [])
        {
            sums[block] = Known(block, paths, training, log: null) ?? throw new IOException($"What was written to '{folder}' is not what is there: the disk, or another run that shares the folder, is at fault.");
        }

        var all = new TeacherStatistics.Sums(_layout.Channels);
        foreach (TeacherStatistics.Sums? sum in sums)
        {
            all.Add(sum!);
        }

        Statistics = TeacherStatistics.FromJson(ranks.Broadcast(TeacherStatistics.Of(all, _layout).ToJson()));
        _session.Dispose(); // its memory is for the training
    }

    /// <summary>Room for what it says of a batch.</summary>
    public TeacherBatch NewBatch(int count)
    {
        int edge = (_student.ImageSize + _student.Stride - 1) / _student.Stride;
        return new TeacherBatch(
            new float[count * _layout.Channels],
            new float[Options.DistillMaps > 0 ? count * edge * edge * _layout.Channels : 0],
            new float[count * _layout.Classes]);
    }

    /// <summary>What it says of an image of a batch; any number of threads may ask at once.</summary>
    /// <param name="path">The image's file.</param>
    /// <param name="view">What the student sees of it.</param>
    /// <param name="batch">Receives it.</param>
    /// <param name="place">The image's place in the batch.</param>
    public void Read(string path, ImageView view, TeacherBatch batch, int place)
    {
        Half[] halves = ArrayPool<Half>.Shared.Rent(_layout.Count);
        float[] floats = ArrayPool<float>.Shared.Rent(_layout.Count);
        Span<float> row = floats.AsSpan(0, _layout.Count);
        _store!.Read(_rows[path], halves.AsSpan(0, _layout.Count));
        TensorPrimitives.ConvertToSingle(halves.AsSpan(0, _layout.Count), row);
        for (int label = 0; label < _layout.Classes; label++)
        {
            batch.Logits[(place * _layout.Classes) + label] = row[_layout.FeatureCount + _classOrder[label]];
        }

        if (_layout.Channels > 0)
        {
            ReadFeatures(row[.._layout.FeatureCount], view, batch, place);
        }

        ArrayPool<Half>.Shared.Return(halves);
        ArrayPool<float>.Shared.Return(floats);
    }

    public void Dispose()
    {
        _session.Dispose();
        _store?.Dispose();
    }

    private static string Value(TrainOptions options, TeacherGraph graph) => options.TeacherOutput is string named ? graph.Require(named)
        : graph.Metadata is not null ? graph.PooledMap
        : graph.Outputs.Count == 1 ? graph.Outputs[0]
        : throw new InvalidDataException($"Teacher '{graph.Path}' has {graph.Outputs.Count} outputs ({TeacherGraph.Quoted(graph.Outputs)}): name what is learned with --teacher-output.");

    private static string Size(long bytes) => bytes >= 1e9 ? FormattableString.Invariant($"{bytes / 1e9:F1} GB") : FormattableString.Invariant($"{bytes / 1e6:F1} MB");

    private void ReadFeatures(ReadOnlySpan<float> features, ImageView view, TeacherBatch batch, int place)
    {
        int channels = _layout.Channels;
        if (!_layout.IsMap)
        {
            features.CopyTo(batch.Features.AsSpan(place * channels));
            return;
        }

        ImageView seen = ImageView.Center(_preparation.Preprocessing, view.ImageWidth, view.ImageHeight);
        int edge = (_student.ImageSize + _student.Stride - 1) / _student.Stride, count = edge * edge * channels;
        Span<float> map = batch.Maps.Length > 0 ? batch.Maps.AsSpan(place * count, count) : [];
        TeacherMap.Sample(features, _layout, seen, view, _student.ImageSize, _student.Stride, batch.Features.AsSpan(place * channels, channels), map);
    }

    /// <summary>What the rows depend on. Photos are told by names and sizes, as a checkpoint tells them: their folder may move.</summary>
    private string Index(string[] paths)
    {
        using var photos = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in paths)
        {
            var file = new FileInfo(path);
            photos.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file.Name}\n{(file.Exists ? file.Length : 0)}\n")));
        }

        TaughtBy taught = Options.TaughtBy!;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            teacher outputs, format 1, rows of float16 in blocks of {TeacherStore.BlockRows}
            teacher sha256 {taught.Digest}
            values {taught.Outputs}
            preparation {taught.Preparation}
            row {_layout.Height} x {_layout.Width} x {_layout.Channels}, {_layout.Classes} logits
            photos {paths.Length}, names and sizes sha256 {Convert.ToHexStringLower(photos.GetHashAndReset())}

            """).ReplaceLineEndings("\n");
    }

    /// <summary>The sums over the training photos of a block that is whole; null where it has to be made.</summary>
    private TeacherStatistics.Sums? Known(int block, string[] paths, HashSet<string> training, Action<string>? log)
    {
        (int first, int count) = _store!.Rows(block).GetOffsetAndLength(paths.Length);
        Half[] values = new Half[count * _layout.Count];
        if (!_store.TryRead(block, values, out bool written))
        {
            if (written)
            {
                log?.Invoke(FormattableString.Invariant($"warning: Block {block} of the teacher's outputs in '{_store.Folder}' is damaged: its {count} photos are shown to the teacher anew."));
            }

            return null;
        }

        var sums = new TeacherStatistics.Sums(_layout.Channels);
        float[] features = new float[_layout.FeatureCount];
        foreach (int i in Enumerable.Range(0, count).Where(i => training.Contains(paths[first + i])))
        {
            TensorPrimitives.ConvertToSingle(values.AsSpan(i * _layout.Count, _layout.FeatureCount), features);
            sums.Add(features);
        }

        return sums;
    }

    private void Make(int[] blocks, string[] paths, Action unreadable, Action<string>? log, CancellationToken cancellation)
    {
        int total = blocks.Sum(block => _store!.Rows(block).GetOffsetAndLength(paths.Length).Length), done = 0;
        var clock = Stopwatch.StartNew();
        TimeSpan next = FirstProgress;
        foreach (int block in blocks)
        {
            (int first, int count) = _store!.Rows(block).GetOffsetAndLength(paths.Length);
            Half[] values = new Half[count * _layout.Count];
            try
            {
                ParallelWork.For(count, i => _session.Ask(paths[first + i], values.AsSpan(i * _layout.Count, _layout.Count)), cancellation);
            }
            catch (Exception exception) when (UnreadableImages.IsReason(exception))
            {
                unreadable();
                throw;
            }

            _store.Write(block, values);
            done += count;
            if (clock.Elapsed > next && done < total)
            {
                next = clock.Elapsed + LaterProgress;
                double rate = done / clock.Elapsed.TotalSeconds;
                var left = TimeSpan.FromSeconds((total - done) / rate);
                log?.Invoke(FormattableString.Invariant($"teacher: {done:N0} of {total:N0} photos, {rate:F1} images/s, {(int)left.TotalHours}:{left:mm\\:ss} left"));
            }
        }
    }
}
