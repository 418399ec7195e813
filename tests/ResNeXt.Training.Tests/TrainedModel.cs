namespace ResNeXt.Training.Tests;

/// <summary>A tiny network, trained once for all tests that only need one, and not before one asks for it.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly Shapes _shapes = new();
    private readonly List<TrainProgress> _progress = [];
    private readonly Lazy<TrainResult> _result;

    public TrainedModel() => _result = new Lazy<TrainResult>(
        () => new Trainer(_shapes.Tiny(_shapes.NewPath()) with { Report = true }, _progress.Add).Run());

    public TrainResult Result => _result.Value;

    public IReadOnlyList<TrainProgress> Progress
    {
        get
        {
            _ = Result;
            return _progress;
        }
    }

    public void Dispose() => _shapes.Dispose();
}
