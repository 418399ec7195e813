using System.Globalization;

namespace ResNeXt.Docs.Tests;

/// <summary>The packages, packed once into a folder that is a NuGet source, under a version that nobody has in a cache.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    public string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"0.0.0-test.{DateTime.UtcNow:yyyyMMddHHmmss}");

    public string Folder { get; } = Directory.CreateTempSubdirectory("resnext-packages-").FullName;

    public string Source => Path.Combine(Folder, "packages");

    /// <summary>Builds apart from the outputs that these tests run from.</summary>
    public async ValueTask InitializeAsync()
    {
        foreach (string project in (string[])["ResNeXt.MLNet", "ResNeXt.Training"])
        {
            await DotNet.RunAsync(RepositoryFiles.Root, "pack", Path.Combine("src", project), "-c", "Release", "--artifacts-path", Path.Combine(Folder, "build"), "--output", Source, $"-p:Version={Version}");
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{Source}" />
              </packageSources>
            </configuration>
            """);
    }

    /// <summary>A project outside the tree: one of the consumers beside this file, with the packages that it references.</summary>
    public string NewProject(string consumer, params (string Package, string Version)[] packages)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, consumer)).FullName;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Packages", "Consumers", consumer, "Program.cs"), Path.Combine(folder, "Program.cs"));
        File.WriteAllText(Path.Combine(folder, consumer + ".csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", packages.Select(package => $"<PackageReference Include=\"{package.Package}\" Version=\"{package.Version}\" />"))}
              </ItemGroup>
            </Project>
            """);
        return folder;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string package in (string[])["resnext.mlnet", "resnext.training", "resnext"])
        {
            if (Directory.Exists(Path.Combine(cache, package, Version)))
            {
                Directory.Delete(Path.Combine(cache, package, Version), recursive: true);
            }
        }

        return ValueTask.CompletedTask;
    }
}
