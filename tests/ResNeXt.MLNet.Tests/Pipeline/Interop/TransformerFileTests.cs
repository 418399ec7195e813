using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using Microsoft.ML;

namespace ResNeXt.MLNet.Tests;

public sealed class TransformerFileTests(TestImages images) : IClassFixture<TestImages>
{
    private const string ZipVariable = "RESNEXT_TEST_ZIP";

    private readonly MLContext _ml = new(seed: 1);

    private IDataView Photos => _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths));

    [Fact]
    public async Task Load_FreshProcess_PredictsTheSame()
    {
        string model = images.NewFile(".onnx", File.ReadAllBytes(TestImages.TinyModel));
        using var transformer = _ml.Transforms.ClassifyImages("ImagePath", model)
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")).Fit(Photos);
        File.Delete(model);
        string zip = images.NewFile(".zip");
        _ml.Model.Save(transformer, Photos.Schema, zip);
        await File.WriteAllLinesAsync(zip + ".paths", images.Paths, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(zip + ".expected", Lines(transformer, images.Paths), TestContext.Current.CancellationToken);

        // The test program itself is the second process: it runs the one explicit test below.
        string test = $"{typeof(TransformerFileTests).FullName}.{nameof(Explicit_LoadedHere_PredictsWhatTheFileSays)}";
        var start = new ProcessStartInfo("dotnet", [Assembly.GetExecutingAssembly().Location, "-explicit", "only", "-method", test])
        {
            RedirectStandardOutput = true,
            Environment = { [ZipVariable] = zip },
        };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("Total: 1,", output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public void Explicit_LoadedHere_PredictsWhatTheFileSays()
    {
        string zip = Environment.GetEnvironmentVariable(ZipVariable)!;
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == "Microsoft.ML.OnnxRuntime");
        ITransformer loaded = new MLContext().Model.Load(zip, out _);
        Assert.Equal(File.ReadAllLines(zip + ".expected"), Lines(loaded, File.ReadLines(zip + ".paths")));
    }

    [Fact]
    public void Save_Zip_HoldsTheModelBytes()
    {
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel).Fit(Photos);
        using var stream = new MemoryStream();
        _ml.Model.Save(transformer, Photos.Schema, stream);
        using var zip = new ZipArchive(stream);
        ZipArchiveEntry entry = Assert.Single(zip.Entries, entry => entry.FullName.EndsWith("Model.onnx", StringComparison.Ordinal));
        using var content = new MemoryStream();
        entry.Open().CopyTo(content);
        Assert.Equal(File.ReadAllBytes(TestImages.TinyModel), content.ToArray());
    }

    [Fact]
    public void Load_EachByteOfOurEntryFlipped_IsAnErrorOrTheSame()
    {
        FeaturizeImagesOptions options = new() { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, Limits = new ImageLimits { MaxPixels = 100_000 } };
        IDataView photos = _ml.Data.LoadFromEnumerable(Rows.Of(images.Paths.Take(1)));
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages(options).Fit(photos);
        float[][] expected = Rows.Features(_ml, transformer.Transform(photos));
        using var whole = new MemoryStream();
        _ml.Model.Save(transformer, photos.Schema, whole);
        byte[] settings = Read(whole.ToArray());
        int refused = 0, byDigest = 0;
        for (int at = 0; at < settings.Length; at++)
        {
            byte[] altered = [.. settings];
            altered[at] ^= (byte)(1 << (at % 8));
            using var zip = new MemoryStream();
            zip.Write(whole.ToArray());
            Write(zip, altered);
            try
            {
                ITransformer loaded = new MLContext().Model.Load(zip, out _);
                Assert.Equal(expected, Rows.Features(_ml, loaded.Transform(photos)));
                (loaded as IDisposable)?.Dispose();
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                refused++;
                byDigest += exception.GetBaseException().Message.Contains("by their digest", StringComparison.Ordinal) ? 1 : 0;
            }
        }

        Assert.InRange(byDigest, 50, refused);

        static byte[] Read(byte[] file)
        {
            using var zip = new ZipArchive(new MemoryStream(file));
            using var content = new MemoryStream();
            Ours(zip).Open().CopyTo(content);
            return content.ToArray();
        }

        static void Write(Stream file, byte[] settings)
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true);
            using Stream entry = Ours(zip).Open();
            entry.Write(settings);
        }

        // Beside the model, in the folder of the transformer.
        static ZipArchiveEntry Ours(ZipArchive zip)
        {
            string folder = zip.Entries.Single(entry => entry.Name == "Model.onnx").FullName[..^"Model.onnx".Length];
            return zip.GetEntry(folder + "Model.key")!;
        }
    }

    /// <summary>Models/format1.zip was saved before limits and fast decoding were in the file: <c>FeaturizeImages</c>, batches of 7, <c>BadImagePolicy.Missing</c>.</summary>
    [Fact]
    public void Load_Format1_FeaturizesAsItDid()
    {
        ITransformer loaded = _ml.Model.Load(Path.Combine(AppContext.BaseDirectory, "Models", "format1.zip"), out _);
        using ResNeXtTransformer fitted = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel).Fit(Photos);
        Assert.Equal(Rows.Features(_ml, fitted.Transform(Photos)), Rows.Features(_ml, loaded.Transform(Photos)));
        Assert.NotNull(loaded.GetOutputSchema(Photos.Schema).GetColumnOrNull("HasImage"));
        (loaded as IDisposable)?.Dispose();
    }

    [Fact]
    public void Load_LimitsAndFastDecode_AreWhatWasSaved()
    {
        using var large = new SkiaSharp.SKBitmap(400, 300);
        var random = new Random(1);
        large.Pixels = [.. Enumerable.Range(0, 400 * 300).Select(_ => new SkiaSharp.SKColor((uint)random.Next() | 0xFF000000))];
        string photo = images.NewFile(".jpg", large.Encode(SkiaSharp.SKEncodedImageFormat.Jpeg, 90).ToArray());
        FeaturizeImagesOptions whole = new() { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel };
        IDataView rows = _ml.Data.LoadFromEnumerable(Rows.Of([photo]));

        float[] exact = Assert.Single(Rows.Features(_ml, Reloaded(whole).Transform(rows)));
        float[] fast = Assert.Single(Rows.Features(_ml, Reloaded(whole with { FastDecode = true }).Transform(rows)));
        Assert.NotEqual(exact, fast);
        using var engine = _ml.Model.CreatePredictionEngine<PathRow, FeatureRow>(Reloaded(whole with { FastDecode = true }));
        Assert.Equal(fast, engine.Predict(new PathRow { ImagePath = photo }).Features);
        ITransformer limited = Reloaded(whole with { Limits = new ImageLimits { MaxPixels = 100_000 } });
        Assert.Contains("400 x 300 pixels: expected at most 100000", Assert.Throws<InvalidDataException>(
            () => Rows.Features(_ml, limited.Transform(rows))).Message, StringComparison.Ordinal);

        ITransformer Reloaded(FeaturizeImagesOptions options)
        {
            using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages(options).Fit(rows);
            using var zip = new MemoryStream();
            _ml.Model.Save(transformer, rows.Schema, zip);
            return _ml.Model.Load(zip, out _);
        }
    }

    /// <summary>Models/format2.zip was saved before threads were in the file: <c>FeaturizeImages</c>, batches of 7, fast decoding.</summary>
    [Fact]
    public void Load_Format2_HasTheDefaultThreads()
    {
        using var loaded = Assert.IsType<ResNeXtTransformer>(_ml.Model.Load(Path.Combine(AppContext.BaseDirectory, "Models", "format2.zip"), out _));
        Assert.Equal(new SessionThreads(), loaded.Threads);
        Assert.Equal(40, Rows.Features(_ml, loaded.Transform(Photos)).Length);
    }

    [Fact]
    public void Load_Threads_AreWhatWasSaved()
    {
        var threads = new SessionThreads { IntraOp = 3, AllowSpinning = false };
        var options = new FeaturizeImagesOptions { InputColumnName = "ImagePath", ModelFile = TestImages.TinyModel, Threads = threads };
        using ResNeXtTransformer saved = _ml.Transforms.FeaturizeImages(options).Fit(Photos);
        using var zip = new MemoryStream();
        _ml.Model.Save(saved, Photos.Schema, zip);
        using var loaded = Assert.IsType<ResNeXtTransformer>(_ml.Model.Load(zip, out _));
        Assert.Equal(threads, loaded.Threads);
    }

    [Fact]
    public void Load_NewerFormat_SaysToUpdate()
    {
        // Offsets in ML.NET's ModelHeader: the versions written and readable follow the model's signature.
        var exception = LoadPatched((name, bytes) =>
        {
            if (name.EndsWith("Model.key", StringComparison.Ordinal) && bytes.AsSpan().IndexOf("RESNEXT\0"u8) is int at and >= 0)
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(at + 8), 6u);
                BitConverter.TryWriteBytes(bytes.AsSpan(at + 12), 6u);
            }

            return bytes;
        });
        Assert.Equal("The model file holds a ResNeXt transformer of format 6, this library reads up to 5: update the package ResNeXt.MLNet.", exception.Message);
    }

    [Fact]
    public void Load_ModelBytesMissing_SaysSo() => Assert.Equal(
        "The model file is damaged: 'Model.onnx' is missing.",
        LoadPatched((name, bytes) => name.EndsWith("Model.onnx", StringComparison.Ordinal) ? null : bytes).Message);

    private InvalidDataException LoadPatched(Func<string, byte[], byte[]?> patch)
    {
        using ResNeXtTransformer transformer = _ml.Transforms.FeaturizeImages("Features", "ImagePath", TestImages.TinyModel).Fit(Photos);
        using var saved = new MemoryStream();
        _ml.Model.Save(transformer, Photos.Schema, saved);
        using var patched = new MemoryStream();
        using (var source = new ZipArchive(saved))
        using (var target = new ZipArchive(patched, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in source.Entries)
            {
                using var content = new MemoryStream();
                entry.Open().CopyTo(content);
                if (patch(entry.FullName, content.ToArray()) is byte[] bytes)
                {
                    using Stream stream = target.CreateEntry(entry.FullName).Open();
                    stream.Write(bytes);
                }
            }
        }

        patched.Position = 0;
        Exception exception = Assert.ThrowsAny<Exception>(() => new MLContext().Model.Load(patched, out _));
        return Assert.IsType<InvalidDataException>(exception.GetBaseException());
    }

    private static string[] Lines(ITransformer transformer, IEnumerable<string> paths)
    {
        using PredictionEngine<PathRow, ScoreRow> engine = new MLContext().Model.CreatePredictionEngine<PathRow, ScoreRow>(transformer);
        return [.. paths.Select(path => engine.Predict(new PathRow { ImagePath = path })).Select(row => $"{row.PredictedLabel} {string.Join(' ', row.Score)}")];
    }
}
