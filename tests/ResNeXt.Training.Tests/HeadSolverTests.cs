using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace ResNeXt.Training.Tests;

public sealed class HeadSolverTests
{
    private const int Width = 12, Classes = 3;

    private static readonly string[] Labels = ["a", "b", "c"];

    // Before the first use of torch; a training has a module by then.
    static HeadSolverTests() => TorchLibrary.Load();

    /// <summary>Classes that overlap; features of different scales, the first of them the same everywhere, the second always 0.</summary>
    private static Row[] Rows(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int label = random.Next(6) switch { 0 => 0, 1 or 2 => 1, _ => 2 };
            float[] features = [.. Enumerable.Range(0, Width).Select(f => (float)(Math.Pow(2, f - 4) * (3 + Normal(random) + (f % Classes == label ? 0.8 : 0))))];
            (features[0], features[1]) = (0.3f, 0);
            return new Row { Features = features, Label = label };
        })];
    }

    // The gradient of PyTorch's own loss, with all that it knows, is zero at the solution.
    [Theory]
    [InlineData(0, null, false, 0.01)]
    [InlineData(0.1, null, false, 0.001)]
    [InlineData(0.1, "a=3,c=0.5", false, 0.05)]
    [InlineData(0, "balanced", false, 0.02)]
    [InlineData(0.2, "a=2", true, 0.02)]
    public void Solve_CrossEntropy_IsAtItsMinimum(double smoothing, string? weights, bool balanced, double decay)
    {
        Row[] rows = Rows(120, 1);
        var options = new TrainOptions
        {
            Data = [],
            Out = "",
            LabelSmoothing = smoothing,
            ClassWeights = weights is null ? null : ClassWeights.Parse(weights),
            ClassBalanced = balanced,
            WeightDecay = decay,
        };

        HeadSolution head = HeadSolver.Solve(Batches(rows), Width, options, Data(rows), default);

        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(rows.SelectMany(row => row.Features).ToArray(), rows.Length, Width).to(ScalarType.Float64), labels = tensor(rows.Select(row => (long)row.Label).ToArray());
        Tensor deviation = x.std(0L, unbiased: false), mean = x.mean([0L]);
        Tensor standardized = where(deviation.gt(tensor(new[] { 1e-6 })), x.sub(mean).div(deviation), zeros_like(x));
        Tensor weight = tensor(head.Weight, Classes, Width).to(ScalarType.Float64).mul(deviation);
        Tensor bias = tensor(head.Bias).to(ScalarType.Float64).add(tensor(head.Weight, Classes, Width).to(ScalarType.Float64).mv(mean));
        weight.requires_grad = bias.requires_grad = true;
        Tensor logits = standardized.matmul(weight.t()).add(bias);
        Tensor classWeights = tensor((options.ClassWeights?.For(Data(rows)) ?? [1, 1, 1]).Select(value => (double)value).ToArray());
        Tensor loss = balanced
            ? Mean(nn.functional.cross_entropy(logits, labels, classWeights, reduction: nn.Reduction.None, label_smoothing: smoothing), classWeights)
            : nn.functional.cross_entropy(logits, labels, classWeights, label_smoothing: smoothing);
        loss.backward();

        Assert.Equal(head.Loss, loss.item<double>(), 1e-6);
        Assert.All(weight.grad!.add(weight.detach().mul(tensor(new[] { decay }))).data<double>().ToArray(), value => Assert.Equal(0, value, 1e-5));
        Assert.All(bias.grad!.data<double>().ToArray(), value => Assert.Equal(0, value, 1e-5));
        Assert.Equal(rows.Length, rows.Count(row => row.Label == Predict(head, row.Features)) / head.Top1, 1e-9);

        // An epoch that shows every class equally often.
        Tensor Mean(Tensor losses, Tensor byClass)
        {
            Tensor shown = tensor(ClassWeights.Balanced.For(Data(rows)).Select(value => (double)value).ToArray()).index_select(0, labels);
            return losses.mul(shown).sum().div(shown.mul(byClass.index_select(0, labels)).sum());
        }
    }

    /// <summary>ML.NET's own trainer on the same standardised features, at the same regularisation: it counts a sum of losses, we their mean.</summary>
    [Theory]
    [InlineData(1f)]
    [InlineData(10f)]
    public void Solve_BesideLbfgsMaximumEntropy_IsAtLeastAsGood(float l2)
    {
        Row[] rows = Rows(300, 2), test = Rows(3000, 3);
        var ml = new MLContext(seed: 1);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options { L1Regularization = 0, L2Regularization = l2, NumberOfThreads = 1 }));
        var model = pipeline.Fit(ml.Data.LoadFromEnumerable(rows));
        double stock = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(test))).MicroAccuracy;

        HeadSolution head = HeadSolver.Solve(Batches(rows), Width, new TrainOptions { Data = [], Out = "", WeightDecay = l2 / rows.Length }, Data(rows), default);

        Assert.InRange(stock, 0.6, 0.95);
        Assert.InRange(test.Average(row => row.Label == Predict(head, row.Features) ? 1.0 : 0), stock - 0.0005, 1); // one photo: ML.NET stops a little before the minimum
        MulticlassClassificationMetrics trained = ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(rows)));
        Assert.InRange(head.Loss, 0, trained.LogLoss + 0.002);
    }

    [Fact]
    public void Solve_FeaturesWithoutMeaning_HaveNoWeight()
    {
        Row[] rows = Rows(60, 4);

        HeadSolution head = HeadSolver.Solve(Batches(rows), Width, new TrainOptions { Data = [], Out = "", WeightDecay = 0.01 }, Data(rows), default);

        Assert.All(Enumerable.Range(0, Classes), label => Assert.Equal((0f, 0f), (head.Weight[label * Width], head.Weight[(label * Width) + 1])));
        Assert.All(head.Weight.Concat(head.Bias), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Solve_Cancelled_Stops()
    {
        Row[] rows = Rows(60, 4);

        Assert.Throws<OperationCanceledException>(() => HeadSolver.Solve(Batches(rows), Width, new TrainOptions { Data = [], Out = "", WeightDecay = 0.01 }, Data(rows), new CancellationToken(true)));
    }

    private static LabeledBatch[] Batches(Row[] rows) =>
        [.. rows.Chunk(7).Select(chunk => new LabeledBatch([], [.. chunk.Select(row => (long)row.Label)], [.. chunk.SelectMany(row => row.Features)]))];

    private static DataSplit Data(Row[] rows) => new(Labels, [.. rows.Select(row => new Sample("", row.Label))], []);

    private static int Predict(HeadSolution head, float[] features)
    {
        double[] logits = [.. Enumerable.Range(0, Classes).Select(label => head.Bias[label] + features.Select((value, f) => (double)value * head.Weight[(label * Width) + f]).Sum())];
        return Array.IndexOf(logits, logits.Max());
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private sealed class Row
    {
        [VectorType(Width)]
        public float[] Features { get; set; } = [];

        public int Label { get; set; }
    }
}
