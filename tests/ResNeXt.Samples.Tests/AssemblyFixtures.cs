using ResNeXt.Samples.Tests;

[assembly: AssemblyFixture(typeof(RunningClassifier))]
[assembly: AssemblyFixture(typeof(Browser))]
