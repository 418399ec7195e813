using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

/// <summary>The README's code is this file's code, and it runs.</summary>
public sealed class ReadmeTests(Shapes shapes, TrainedModel trained)
{
    [Fact]
    public void Example_InAFolderWithPhotosAndModel_Runs()
    {
        using var folder = new UsersFolder(shapes, trained);

        // README
        var ml = new MLContext(seed: 1);
        IDataView photos = ml.Data.LoadFromEnumerable(ImageFolder.Enumerate("flowers"));

        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.FeaturizeImages("Features", "ImagePath", "model.onnx"))
            .Append(ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .AppendCacheCheckpoint(ml) // the trainer goes over the rows many times: score the photos once
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 100))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        var model = pipeline.Fit(photos);
        ml.Model.Save(model, photos.Schema, "flowers.zip");

        ITransformer loaded = new MLContext().Model.Load("flowers.zip", out _);
        // end

        var metrics = ml.MulticlassClassification.Evaluate(loaded.Transform(photos));
        Assert.InRange(metrics.MicroAccuracy, 0.9, 1);
    }

    [Fact]
    public void FineTuning_InAFolderWithPhotosAndWeights_Runs()
    {
        using var folder = new UsersFolder(shapes, trained);
        var ml = new MLContext(seed: 1);
        IDataView photos = ml.Data.LoadFromEnumerable(ImageFolder.Enumerate("flowers"));

        // README: fine-tuning
        var tuned = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.ResNeXt(new ResNeXtTrainerOptions { Weights = "resnext50_32x4d.pth", Epochs = 10 }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

        using var model = tuned.Fit(photos);
        // end

        ResNeXtTransformer network = Assert.Single(model.OfType<ResNeXtTransformer>());
        Assert.Equal(("resnext11_2x4d_cifar", 10), (network.Metadata.Architecture, network.Training!.Epochs));
        Assert.All(model.Transform(photos).GetColumn<string>("PredictedLabel"), label => Assert.Contains(label, Shapes.Labels));
    }

    [Theory]
    [InlineData("// README")]
    [InlineData("// README: fine-tuning")]
    public void Example_InTheReadme_IsTheCodeAbove(string start)
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "README.md"));
        string[] source = File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "tests", "ResNeXt.Training.Tests", "ReadmeTests.cs"));
        IEnumerable<string> code = source
            .SkipWhile(line => line.Trim() != start).Skip(1)
            .TakeWhile(line => line.Trim() != "// end")
            .Select(line => line.Length > 8 ? line[8..] : line);

        Assert.Contains(string.Join('\n', code), readme, StringComparison.Ordinal);
    }

    /// <summary>UPDATE_DOCS=1 splices the table anew: the first of the report.</summary>
    [Theory]
    [InlineData("endtoend")]
    [InlineData("transfer")]
    public void Table_OfTheBenchmark_IsTheOneInTheResults(string benchmark)
    {
        string readme = Path.Combine(RepositoryFiles.Root, "README.md"), text = File.ReadAllText(readme);
        IEnumerable<string> table = File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "benchmarks", "results", benchmark + ".md"))
            .SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'));
        Assert.Contains($"<!-- {benchmark} -->", text, StringComparison.Ordinal);
        string current = Regex.Replace(
            text, $@"(?<=<!-- {benchmark} -->\n).*?(?=<!-- /{benchmark} -->)", _ => string.Join('\n', table) + "\n", RegexOptions.Singleline);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(readme, current);
        }

        Assert.True(current == text, $"The table in README.md is not that of benchmarks/results/{benchmark}.md: run this test with UPDATE_DOCS=1.");
    }

    [Fact]
    public void Links_InTheDocuments_LeadSomewhere()
    {
        string[] documents = [.. Directory.GetFiles(RepositoryFiles.Root, "*.md"), .. Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "docs"), "*.md", SearchOption.AllDirectories)];
        foreach (string document in documents)
        {
            foreach (Match link in Regex.Matches(File.ReadAllText(document), @"\]\((?!https?:)([^)#]+)"))
            {
                string target = Path.Combine(Path.GetDirectoryName(document)!, link.Groups[1].Value);
                Assert.True(Path.Exists(target), $"{document} links to {target}.");
            }
        }
    }

    [Fact]
    public void Commands_InTheReadme_AreKnown()
    {
        string readme = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "README.md"));

        foreach (string verb in (string[])["train", "evaluate", "predict", "featurize"])
        {
            Assert.Contains($"dotnet run -c Release --project src/ResNeXt.Training -- {verb} ", readme, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(Path.Combine(RepositoryFiles.Root, "samples", "Quickstart", "Quickstart.csproj")));
    }

    /// <summary>The current folder, with what the README takes for granted: photos, a model, and weights of a tiny network.</summary>
    private sealed class UsersFolder : IDisposable
    {
        private readonly string _before = Directory.GetCurrentDirectory();

        public UsersFolder(Shapes shapes, TrainedModel trained)
        {
            string folder = Directory.CreateDirectory(shapes.NewPath()).FullName;
            File.Copy(trained.Result.Model, Path.Combine(folder, "model.onnx"));
            SaveWeights(Path.Combine(folder, "resnext50_32x4d.pth"));
            Directory.CreateSymbolicLink(Path.Combine(folder, "flowers"), shapes.Folder);
            Directory.SetCurrentDirectory(folder);
        }

        public void Dispose() => Directory.SetCurrentDirectory(_before);

        /// <summary>The content of a file tells its format, not its name.</summary>
        private static void SaveWeights(string path)
        {
            var architecture = ResNeXtArchitecture.Parse("resnext11_2x4d_cifar");
            using var module = new ResNeXtModule(architecture, 3);
            Checkpoint.Save(path, new CheckpointInfo
            {
                Architecture = architecture.Name,
                Labels = ["ant", "bee", "wasp"],
                Preprocessing = OnnxExporter.DefaultPreprocessing(architecture).Scaled(16),
                Epoch = 1,
                BestEpoch = 1,
                BestTop1 = 1,
            }, module);
        }
    }
}
