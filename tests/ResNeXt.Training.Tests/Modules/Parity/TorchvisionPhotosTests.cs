using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ResNeXt.Training.Tests;

/// <summary>A network that torchvision saved, through our command: the features of real photos are torchvision's.</summary>
public sealed class TorchvisionPhotosTests(Shapes shapes, TorchvisionPhotosTests.Reference reference) : IClassFixture<TorchvisionPhotosTests.Reference>
{
    /// <summary>Opt-in: RESNEXT_PYTHON names a Python that has torchvision, <c>/usr/bin/python3</c> with Debian's python3-torchvision.</summary>
    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("weights.pth")]
    [InlineData("legacy.pth")]
    public async Task ExportAndFeaturize_TorchvisionsFile_GivesTorchvisionsFeatures(string file)
    {
        await reference.RequireAsync();
        string model = shapes.NewPath(".onnx"), csv = shapes.NewPath(".csv");

        CommandRun export = await CommandRun.StartAsync("export", "--weights", Path.Combine(reference.Folder, file), "--output", model, "--orientation", "ignore", "--json");
        CommandRun featurize = await CommandRun.StartAsync("featurize", "--model", model, "--input", reference.Photos, "--output", csv, "--json");
        CommandRun predict = await CommandRun.StartAsync(["predict", "--model", model, "--top", "1", "--json", .. reference.Classes.Keys]);

        Assert.Equal((0, 0, 0), (export.ExitCode, featurize.ExitCode, predict.ExitCode));
        Assert.Equal(153, featurize.Json.GetProperty("count").GetInt32());
        double error = 0;
        foreach (string[] line in File.ReadLines(csv).Skip(1).Select(line => line.Split(',')))
        {
            float[] expected = reference.Features[line[0]];
            error = Math.Max(error, line.Skip(1).Zip(expected, (text, value) => Math.Abs(double.Parse(text, CultureInfo.InvariantCulture) - value)).Max());
        }

        double largest = reference.Features.Values.Max(values => values.Max());
        TestContext.Current.TestOutputHelper?.WriteLine($"largest difference {error:G3}, largest feature {largest:G3}");
        Assert.InRange(error, 0, 1e-3 * largest);
        Assert.All(predict.Json.GetProperty("predictions").EnumerateArray(), prediction =>
            Assert.Equal(reference.Classes[prediction.GetProperty("path").GetString()!], Assert.Single(prediction.GetProperty("labels").EnumerateArray()).GetProperty("label").GetString()));
    }

    /// <summary>What <c>photo_features.py</c> made, once for all formats.</summary>
    public sealed class Reference : IDisposable
    {
        private const int Width = 2048;

        public string Folder { get; } = Path.Combine(Path.GetTempPath(), "resnext-tests-" + Guid.NewGuid().ToString("N"));

        public string Photos { get; private set; } = "";

        /// <summary>Path to class number, as text.</summary>
        public Dictionary<string, string> Classes { get; } = [];

        /// <summary>Path to feature vector.</summary>
        public Dictionary<string, float[]> Features { get; } = [];

        public async Task RequireAsync()
        {
            string? python = Environment.GetEnvironmentVariable("RESNEXT_PYTHON");
            Assert.SkipWhen(string.IsNullOrEmpty(python), "RESNEXT_PYTHON names no Python with torchvision.");
            Photos = Path.Combine(RepositoryFiles.DataOrSkip("hymenoptera"), "val");
            if (Features.Count > 0)
            {
                return;
            }

            string script = Path.Combine(RepositoryFiles.Root, "tests", "ResNeXt.Training.Tests", "Modules", "Parity", "photo_features.py");
            using Process process = Process.Start(python, ["-B", script, Photos, Directory.CreateDirectory(Folder).FullName]);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
            float[] features = [.. MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Folder, "features.f32")))];
            foreach (string[] line in File.ReadLines(Path.Combine(Folder, "classes.txt")).Select(line => line.Split(' ', 2)))
            {
                Features.Add(line[1], features[(Classes.Count * Width)..((Classes.Count + 1) * Width)]);
                Classes.Add(line[1], line[0]);
            }
        }

        public void Dispose()
        {
            if (Directory.Exists(Folder))
            {
                Directory.Delete(Folder, recursive: true);
            }
        }
    }
}
