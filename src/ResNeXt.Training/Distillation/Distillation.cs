using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ResNeXt.Training;

/// <summary>
/// How far a student is from its teacher: the mean squared error of a linear layer over its features, and over each place of its last map, against the teacher's, standardised; and the
/// Kullback-Leibler divergence of its softened classes.
/// </summary>
/// <remarks>In float32, whatever the network computes with. The layer is the same for both, so that the mean of what it makes of the places is what it makes of their mean.</remarks>
internal sealed class Distillation : IDisposable
{
    private readonly TrainRecipe _options;
    private readonly Linear? _projection;
    private readonly Tensor _mean;
    private readonly Tensor _std;
    private readonly Tensor _placeScale;

    /// <param name="options">Weights and temperature, resolved.</param>
    /// <param name="projection">The layer over the student's features; null where none are learned.</param>
    /// <param name="statistics">What the teacher's features are standardised by.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="type">The type of numbers to compute with.</param>
    public Distillation(TrainRecipe options, Linear? projection, TeacherStatistics statistics, Device device, ScalarType type = ScalarType.Float32)
    {
        (_options, _projection) = (options, projection);
        _mean = Channels(statistics.Mean);
        _std = Channels(statistics.Std);
        _placeScale = Channels(statistics.Std.Zip(statistics.PlaceStd, (std, place) => std / place));

        Tensor Channels(IEnumerable<double> values) => tensor(values.ToArray(), dtype: type, device: device).DetachFromDisposeScope();
    }

    /// <summary>Logits, and the weighted loss against the teacher.</summary>
    /// <param name="module">The student.</param>
    /// <param name="x">Normalised pixels, <c>[N, 3, H, W]</c>.</param>
    /// <param name="taught">What the teacher says of them.</param>
    public (Tensor Logits, Tensor Loss) Forward(ResNeXtModule module, Tensor x, TeacherBatch taught)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor maps = module.Maps(x), features = maps.mean([2L, 3L], type: module.fc.weight!.dtype), logits = module.fc.forward(features);
        Tensor? loss = null;
        if (_options.DistillFeatures > 0)
        {
            loss = Add(loss, FeatureError(_projection!, features, taught), _options.DistillFeatures.Value);
        }

        if (_options.DistillMaps > 0)
        {
            loss = Add(loss, MapError(maps, taught), _options.DistillMaps);
        }

        if (_options.DistillLogits > 0)
        {
            loss = Add(loss, Divergence(logits, taught), _options.DistillLogits.Value * _options.DistillTemperature * _options.DistillTemperature);
        }

        return (logits.MoveToOuterDisposeScope(), loss!.MoveToOuterDisposeScope());
    }

    /// <summary>Logits, and the mean squared error of the features as a share of their variance; null where none are learned.</summary>
    /// <param name="module">The student, or the average of it.</param>
    /// <param name="projection">The layer that goes with it.</param>
    /// <param name="x">Normalised pixels, <c>[N, 3, H, W]</c>.</param>
    /// <param name="taught">What the teacher says of them.</param>
    public (Tensor Logits, Tensor? Error) Validate(ResNeXtModule module, Linear? projection, Tensor x, TeacherBatch taught)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = module.Features(x);
        return (module.fc.forward(features).MoveToOuterDisposeScope(), projection is null ? null : FeatureError(projection, features, taught).MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        _mean.Dispose();
        _std.Dispose();
        _placeScale.Dispose();
    }

    private static Tensor Add(Tensor? sum, Tensor loss, double weight)
    {
        using Scalar factor = weight.ToScalar(), one = 1.0.ToScalar();
        Tensor weighted = loss.mul(factor);
        return sum is null ? weighted : sum.add(weighted, one);
    }

    private static Tensor Square(Tensor x) => x.mul(x);

    // [N,Cs] against [N,C]
    private Tensor FeatureError(Linear projection, Tensor features, TeacherBatch taught) =>
        Square(projection.forward(features.to(_mean.dtype)).sub(Standardised(taught.Features, features.shape[0]))).mean();

    // [N,Cs,h,w] against [N,h,w,C]
    private Tensor MapError(Tensor maps, TeacherBatch taught) =>
        Square(_projection!.forward(maps.permute(0, 2, 3, 1).to(_mean.dtype)).sub(Standardised(taught.Maps, maps.shape[0], maps.shape[2], maps.shape[3])).mul(_placeScale)).mean();

    // [N,classes]: sum of p (log p - log q), the mean over the batch
    private Tensor Divergence(Tensor logits, TeacherBatch taught)
    {
        using Scalar temperature = _options.DistillTemperature.ToScalar();
        Tensor theirs = nn.functional.log_softmax(tensor(taught.Logits, logits.shape[0], logits.shape[1], device: _mean.device).to(_mean.dtype).div(temperature), 1);
        Tensor ours = nn.functional.log_softmax(logits.to(_mean.dtype).div(temperature), 1);
        return theirs.exp().mul(theirs.sub(ours)).sum(1).mean();
    }

    private Tensor Standardised(float[] values, params long[] places) => tensor(values, [.. places, _mean.shape[0]], device: _mean.device).to(_mean.dtype).sub(_mean).div(_std);
}
