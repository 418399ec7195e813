using ProductPhotos;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary>
/// What the defaults make of a handful of photos: a dozen of each of four drawn toys, and 25 others of each to judge by. The defaults of before, a tenth of
/// the rate for the new head, too, ended at 58 % of 24 such photos; those of now, and the head alone, at all of them.
/// </summary>
public sealed class FewPhotosTests : IDisposable
{
    private const int PerClass = 12, HeldOutPerClass = 25, Edge = 128;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Run_DefaultsFromTheEmbeddedWeights_LearnAFewPhotos() => Assert.InRange(Accuracy(new TrainOptions { Data = Photos("training", 0, PerClass), Out = _folder["run"], Weights = EmbeddedWeights.Name, Report = false }), 0.9, 1);

    [Fact]
    public void Run_HeadAloneFromTheEmbeddedWeights_LearnsAFewPhotos() => Assert.InRange(Accuracy(new TrainOptions
    {
        Data = Photos("training", 0, PerClass),
        Out = _folder["run"],
        Weights = EmbeddedWeights.Name,
        Trainable = TrainableLayers.Head,
        NoAugmentation = true,
        Report = false,
    }), 0.9, 1);

    public void Dispose() => _folder.Dispose();

    private double Accuracy(TrainOptions options)
    {
        using ResNeXtModel model = ResNeXtModel.Load(new Trainer(options).Run().Model);
        return Evaluator.Evaluate(model, Photos("test", 1000, HeldOutPerClass), _ => Assert.Fail("skipped"), (_, _) => { }, default).Top1;
    }

    private IReadOnlyList<LabeledImage> Photos(string name, int seed, int perClass)
    {
        ToyKind[] kinds = Enum.GetValues<ToyKind>();
        for (int i = 0; i < perClass * kinds.Length; i++)
        {
            ToyKind kind = kinds[i % kinds.Length];
            string path = Path.Combine(_folder[name], $"{kind}", FormattableString.Invariant($"{i:00}.jpg"));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, ToyPicture.Jpeg(kind, hue: i * 47 % 360, seed + i, Edge, Edge));
        }

        return ImageFolder.Enumerate(_folder[name]);
    }
}
