namespace ResNeXt.Training.Tests;

/// <summary>A tiny network, trained once for all tests that only need one.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly Shapes _shapes = new();

    public TrainedModel() => Result = new Trainer(_shapes.Tiny(_shapes.NewPath()) with { Report = true }, Progress.Add).Run();

    public TrainResult Result { get; }

    public List<TrainProgress> Progress { get; } = [];

    public void Dispose() => _shapes.Dispose();
}
