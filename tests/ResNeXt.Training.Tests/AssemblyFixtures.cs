using ResNeXt.Training.Tests;

[assembly: AssemblyFixture(typeof(LoadedTorch))]
[assembly: AssemblyFixture(typeof(Shapes))]
[assembly: AssemblyFixture(typeof(TrainedModel))]
