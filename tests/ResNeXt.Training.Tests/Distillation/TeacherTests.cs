using ResNeXt.MLNet;
using SkiaSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class TeacherTests(Shapes shapes, TrainedModel trained)
{
    private TrainOptions Options => shapes.Tiny(shapes.NewPath()) with { Teacher = TeacherFiles.Write(shapes.NewPath(".onnx")), TeacherOutput = TeacherFiles.Map };

    private TrainOptions OfOurs => shapes.Tiny(shapes.NewPath()) with { Teacher = trained.Result.Model };

    [Fact]
    public void Open_BadFiles_SayWhatIsExpected()
    {
        string text = shapes.NewPath(".onnx");
        File.WriteAllText(text, "not a model, but a sentence");
        Refused<FileNotFoundException>(Options with { Teacher = "nowhere.onnx" }, "'nowhere.onnx' does not exist");
        Refused<InvalidDataException>(Options with { Teacher = text }, text, "no ONNX model");
        Refused<InvalidDataException>(Options with { Teacher = trained.Result.Checkpoint }, "no ONNX model");
        Refused<InvalidDataException>(Options with { Teacher = TeacherFiles.Write(shapes.NewPath(".onnx"), batch: 8) }, "'data' [8, 3, 16, 16], batches fixed to 8", "expected batches of one or of any size");
    }

    [Fact]
    public void Open_BadValues_AreNamedWithOthers()
    {
        Refused<InvalidDataException>(Options with { TeacherOutput = "innermap" }, "no value 'innermap'", "'vector', 'classes'", "Close to it: 'inner_map'", "--teacher-output");
        Refused<InvalidDataException>(Options with { TeacherOutput = null }, "2 outputs ('vector', 'classes')", "--teacher-output");
        Refused<InvalidDataException>(Options with { TeacherOutput = TeacherFiles.Vector, DistillMaps = 1 }, "'vector'", "a vector of 6", "expected a map");
        Refused<InvalidDataException>(Options with { TeacherViews = ImageViews.Flip }, "'inner_map'", "--teacher-views", "name a vector");
        Refused<InvalidDataException>(Options with { DistillLogits = 1 }, "'inner_map'", "is a map, [1, 6, 4, 4]", "expected a vector of logits");
        Refused<InvalidDataException>(Options with { TeacherOutput = TeacherFiles.Vector, DistillLogits = 1 }, "has 6 numbers for 2 classes");
        Refused<InvalidDataException>(Options with { DistillFeatures = 0 }, "are 0", "nothing is learned");
    }

    [Fact]
    public void Open_PreparationThatContradictsTheFile_IsRefused()
    {
        Refused<InvalidDataException>(Options with { TeacherImageSize = 32 }, "(--teacher-image-size) is 32", "takes 16 pixels");
        Refused<InvalidDataException>(OfOurs with { TeacherImageSize = 32 }, "--teacher-image-size", "says itself how a photo is prepared");
        Refused<InvalidDataException>(OfOurs with { TeacherMean = [0, 0, 0] }, "--teacher-mean");
        Refused<InvalidDataException>(OfOurs with { TeacherStd = [1, 1, 1] }, "--teacher-std");
        Refused<InvalidDataException>(OfOurs with { TeacherChannelOrder = ChannelOrder.Bgr }, "--teacher-channel-order");
    }

    [Fact]
    public void Open_ClassesThatAreOthers_AreNamed()
    {
        string message = Assert.Throws<InvalidDataException>(() => Teacher.Open(OfOurs with { DistillLogits = 1 }, ["disc", "square"])).Message;
        Assert.Contains("other classes ('disc', 'stripes') than the photos ('disc', 'square')", message, StringComparison.Ordinal);

        using var features = Teacher.Open(OfOurs, ["disc", "square"]);
        Assert.Equal((10, 0), (features.Options.DistillFeatures, features.Options.DistillLogits));
        using var both = Teacher.Open(OfOurs, ["stripes", "disc"]);
        Assert.Equal((10, 1), (both.Options.DistillFeatures, both.Options.DistillLogits));
    }

    [Fact]
    public void Validated_OptionsWithoutATeacher_AreRefused()
    {
        TrainOptions none = shapes.Tiny(shapes.NewPath());
        Assert.All(
            (TrainOptions[])
            [
                none with { TeacherOutput = "x" }, none with { TeacherImageSize = 64 }, none with { TeacherMean = [0, 0, 0] }, none with { TeacherStd = [1, 1, 1] },
                none with { TeacherChannelOrder = ChannelOrder.Bgr }, none with { TeacherViews = ImageViews.Flip }, none with { TeacherCache = "x" }, none with { DistillFeatures = 1 },
                none with { DistillMaps = 1 }, none with { DistillLogits = 1 }, none with { DistillTemperature = 2 }, none with { LabelWeight = 0 },
            ],
            options => Assert.Contains("without a Teacher", Assert.Throws<ArgumentException>(() => new Trainer(options)).Message, StringComparison.Ordinal));
        Assert.Contains("MixupAlpha is 0.2", Assert.Throws<ArgumentException>(() => new Trainer(Options with { MixupAlpha = 0.2 })).Message, StringComparison.Ordinal);
        Assert.Contains("CutmixAlpha is 1", Assert.Throws<ArgumentException>(() => new Trainer(Options with { CutmixAlpha = 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("three numbers above zero", Assert.Throws<ArgumentException>(() => new Trainer(Options with { TeacherStd = [1, 0, 1] })).Message, StringComparison.Ordinal);
        Assert.Contains("without labels", Assert.Throws<ArgumentException>(() => new Trainer(none with { Data = [new LabeledImage { ImagePath = "x", Label = "" }] })).Message, StringComparison.Ordinal);
    }

    /// <summary>Colours in their order, mean and deviation, the whole photo squeezed, places and channels: all by hand.</summary>
    [Fact]
    public void Read_OfAnotherKind_IsWhatTheGraphComputes()
    {
        float[] mean = [0.1f, 0.2f, 0.3f], std = [0.5f, 0.25f, 0.125f];
        TrainOptions options = Options with { TeacherMean = mean, TeacherStd = std, TeacherChannelOrder = ChannelOrder.Bgr, TeacherOutput = TeacherFiles.Vector };
        using Teacher teacher = Prepared(options, out DataSplit data);
        Sample sample = data.Training[3];
        TeacherBatch batch = teacher.NewBatch(2);

        teacher.Read(sample.Path, default, batch, 1);

        byte[] pixels = new byte[16 * 16 * 3];
        using RgbImage image = ImageDecoder.DecodeFile(sample.Path);
        new ImagePreprocessor(new ImagePreprocessing { ImageSize = 16, ResizeSize = 16, Fit = ImageFit.BothSides }).Process(image, pixels);
        float[] input = [.. from color in (int[])[2, 1, 0] from i in Enumerable.Range(0, 256) select ((pixels[(i * 3) + color] / 255f) - mean[color]) / std[color]];
        using var scope = TorchSharp.torch.NewDisposeScope();
        Tensor weight = tensor([.. FormulaWeights.Hashes("conv", 6 * 27).Select(hash => ((((hash >> 8) * (1f / (1 << 23))) - 1) / 27) + (1 / 54f))], 6, 3, 3, 3);
        float[] expected = nn.functional.conv2d(tensor(input, 1, 3, 16, 16), weight, strides: [4L, 4L], padding: [1L, 1L]).relu().mean([0L, 2L, 3L]).data<float>().ToArray();
        Assert.All(expected.Zip(batch.Features.Skip(6)), pair => Assert.Equal(pair.First, pair.Second, 1e-3f * Math.Max(1, Math.Abs(pair.First)))); // float16 has 11 bits
        Assert.All(batch.Features.Take(6), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Read_OfOurs_IsItsFeaturesAndLogitsInTheOrderOfTheStudent()
    {
        using Teacher teacher = Prepared(OfOurs, out DataSplit data, ["stripes", "disc"]);
        using ResNeXtPredictor predictor = ResNeXtPredictor.Load(trained.Result.Model, ExecutionDevice.Cpu);
        string path = data.Training[0].Path;
        TeacherBatch batch = teacher.NewBatch(1);

        teacher.Read(path, new ImageView(0, 0, 10, 10, false, 40, 40), batch, 0);

        ImagePrediction expected = predictor.Predict(path);
        Assert.All(expected.Features.ToArray().Zip(batch.Features), pair => Assert.Equal(pair.First, pair.Second, 1e-3f * Math.Max(1, Math.Abs(pair.First))));
        double stripes = 1 / (1 + Math.Exp(batch.Logits[1] - batch.Logits[0]));
        Assert.Equal(expected.Probabilities.Span[1], stripes, 2e-3);
    }

    /// <summary>
    /// A photo whose colours tell where they are, a teacher whose map are the pixels: what it says of a place is the colour that the student has there, whatever crop and flip it sees. Half a
    /// pixel of either square is between them, and the last places stand for all beyond.
    /// </summary>
    [Fact]
    public void Read_ThroughTheLoader_IsOfThePlacesThatTheStudentSees()
    {
        const int Width = 240, Height = 160, Size = 32, Stride = 4, Edge = Size / Stride;
        string path = shapes.NewPath(".png");
        using (var bitmap = new SKBitmap(Width, Height))
        {
            bitmap.Pixels = [.. Enumerable.Range(0, Width * Height).Select(i => new SKColor((byte)(i % Width), (byte)(i / Width), 0))];
            using SKData encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
            File.WriteAllBytes(path, encoded.ToArray());
        }

        TrainOptions options = Options with
        {
            Teacher = TeacherFiles.WritePixels(shapes.NewPath(".onnx"), 48),
            TeacherMean = [0, 0, 0],
            TeacherStd = [1 / 255f, 1 / 255f, 1 / 255f],
            DistillMaps = 1,
        };
        Sample[] samples = [.. Enumerable.Repeat(new Sample(path, 0), 64)];
        using var teacher = Teacher.Open(options, Shapes.Labels);
        teacher.Prepare(new DataSplit(Shapes.Labels, samples, samples), shapes.NewPath(), Size, Stride, RankGroup.Alone, () => { }, log: null, CancellationToken.None);
        var preprocessing = new ImagePreprocessing { ImageSize = Size, ResizeSize = Size };
        var loader = new BatchLoader(samples, preprocessing, 64, Augmentation.Of(preprocessing, 0.2).Process, teacher: teacher);

        LabeledBatch batch = Assert.Single(loader.Epoch(1, default));

        int compared = 0;
        for (int place = 0; place < 64 * Edge * Edge; place++)
        {
            (int image, int i, int j) = (place / (Edge * Edge), place / Edge % Edge, place % Edge);
            int pixel = ((image * Size * Size) + (i * Stride * Size) + (j * Stride)) * 3;
            (byte red, byte green) = (batch.Pixels[pixel], batch.Pixels[pixel + 1]);
            if (red is > 5 and < 215 && green is > 5 and < 140)
            {
                compared++;
                Assert.Equal(red, batch.Taught!.Maps[place * 3], 4f);
                Assert.Equal(green, batch.Taught.Maps[(place * 3) + 1], 4f);
            }
        }

        Assert.InRange(compared, 1000, 64 * Edge * Edge);
    }

    [Fact]
    public void Prepare_Statistics_AreThoseOfTheTrainingPhotos()
    {
        using Teacher teacher = Prepared(Options, out DataSplit data);
        TeacherBatch batch = teacher.NewBatch(data.Training.Count);
        foreach ((int i, Sample sample) in data.Training.Index())
        {
            teacher.Read(sample.Path, new ImageView(0, 0, 50, 50, false, 50, 50), batch, i);
        }

        // The student's places are the teacher's: four pixels apart in squares of 16.
        double[][] photos = [.. batch.Features.Chunk(6).Select(row => row.Select(value => (double)value).ToArray())];
        for (int channel = 0; channel < 6; channel++)
        {
            double mean = photos.Average(photo => photo[channel]);
            Assert.Equal(mean, teacher.Statistics.Mean[channel], 1e-5);
            Assert.Equal(Math.Sqrt(photos.Average(photo => Math.Pow(photo[channel] - mean, 2))), teacher.Statistics.Std[channel], 1e-5);
            Assert.True(teacher.Statistics.PlaceStd[channel] >= teacher.Statistics.Std[channel]);
        }
    }

    [Fact]
    public void Prepare_NumbersBeyondFloat16_NameThePhoto()
    {
        string teacher = TeacherFiles.Write(shapes.NewPath(".onnx"), scale: 1e6f);
        string message = Assert.Throws<InvalidDataException>(() => Prepared(Options with { Teacher = teacher, TeacherStd = [0.01f, 0.01f, 0.01f] }, out _)).Message;

        Assert.Contains("expected numbers that float16 holds", message, StringComparison.Ordinal);
        Assert.Contains(shapes.Folder, message, StringComparison.Ordinal);
    }

    private Teacher Prepared(TrainOptions options, out DataSplit data, string[]? labels = null)
    {
        data = DataSplit.Of(options);
        var teacher = Teacher.Open(options, labels ?? [.. data.Labels]);
        teacher.Prepare(data, shapes.NewPath(), 16, 4, RankGroup.Alone, () => { }, log: null, CancellationToken.None);
        return teacher;
    }

    private static void Refused<T>(TrainOptions options, params string[] mentions)
        where T : Exception
    {
        string message = Assert.Throws<T>(() => Teacher.Open(options, Shapes.Labels)).Message;
        Assert.All(mentions, mention => Assert.Contains(mention, message, StringComparison.Ordinal));
    }
}
