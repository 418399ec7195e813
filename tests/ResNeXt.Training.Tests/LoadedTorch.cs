namespace ResNeXt.Training.Tests;

/// <summary>Loads libtorch before any test, so that every one may use <c>torch</c>, whichever runs first.</summary>
public sealed class LoadedTorch
{
    public LoadedTorch()
    {
        if (Environment.GetEnvironmentVariable(ProcessorCachesTests.AlterationVariable) is null) // that test alters it first
        {
            TorchLibrary.Load();
        }
    }
}
