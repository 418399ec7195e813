using System.Diagnostics;
using System.Security.Cryptography;
using ResNeXt.MLNet;

namespace ResNeXt.Training.Tests;

public sealed class WeightsCacheTests(Shapes shapes) : IDisposable
{
    private readonly HttpClient _client = LoopbackServer.NewClient();
    private readonly List<string> _log = [];
    private readonly byte[] _content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * i >> 3))];
    private readonly WeightsCache _cache = new(shapes.NewPath());

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task PullAsync_CutConnection_BringsTheWholeFile()
    {
        int requests = 0;
        using var server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, _content, cut: requests++ == 0 ? 1000 : int.MaxValue));

        (string path, string sha256) = await PullAsync(server);

        Assert.Equal(_content, File.ReadAllBytes(path));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_content)), sha256);
        AssertHolds(Path.GetFileName(path));
    }

    [Theory]
    [InlineData(200_000)] // one byte is wrong
    [InlineData(150_000)] // the server says that it is shorter
    public async Task PullAsync_WrongContent_IsToldAndNotKept(int length)
    {
        byte[] other = _content[..length];
        other[1000] ^= 1;
        using var server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, other));

        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => PullAsync(server));

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(other)), exception.Message, StringComparison.Ordinal);
        Assert.Contains(Weights(server.Address).Sha256Prefix, exception.Message, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"{length:N0} bytes"), exception.Message, StringComparison.Ordinal);
        AssertHolds();
    }

    [Fact]
    public async Task PullAsync_NoServer_SaysWhatToFetchByHand()
    {
        PublishedWeights weights = Weights(LoopbackServer.ClosedAddress());

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => _cache.PullAsync(weights, Options, default));

        Assert.All([weights.Url, _cache.PathOf(weights), weights.Sha256Prefix], mention => Assert.Contains(mention, exception.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public async Task PullAsync_TwoAtOnce_FetchOnce()
    {
        using var server = new LoopbackServer(async (request, stream) =>
        {
            await Task.Delay(300);
            await LoopbackServer.SendFileAsync(request, stream, _content);
        });

        (string Path, string)[] pulled = await Task.WhenAll(PullAsync(server), PullAsync(server));

        Assert.Single(server.Requests);
        Assert.All(pulled, file => Assert.Equal(_content, File.ReadAllBytes(file.Path)));
        Assert.EndsWith("waiting for it.", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PullAsync_AnotherProcessFetches_WaitsForItsEnd()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "flock is a command of Linux.");
        PublishedWeights weights = Weights(LoopbackServer.ClosedAddress());
        Directory.CreateDirectory(_cache.Folder);
        using Process other = Process.Start(new ProcessStartInfo("flock", [LockFile(weights), "sh", "-c", "echo locked; exec sleep 60"]) { RedirectStandardOutput = true })!;
        await other.StandardOutput.ReadLineAsync();

        Task<(string Path, string)> pull = _cache.PullAsync(weights, Options, default);
        await Task.Delay(300);
        Assert.False(pull.IsCompleted);
        File.WriteAllBytes(_cache.PathOf(weights), _content);
        other.Kill(entireProcessTree: true); // a process that dies leaves no lock

        Assert.Equal(_content, File.ReadAllBytes((await pull).Path));
    }

    [Fact]
    public async Task PullAsync_LeftoverLockFile_DoesNotBlock()
    {
        using var server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, _content));
        Directory.CreateDirectory(_cache.Folder);
        File.WriteAllText(LockFile(Weights(server.Address)), "");

        await PullAsync(server);

        Assert.Empty(_log);
    }

    [Fact]
    public async Task PullAsync_FileIsThere_NeedsNoServer()
    {
        PublishedWeights weights = Weights(LoopbackServer.ClosedAddress());
        Directory.CreateDirectory(_cache.Folder);
        File.WriteAllBytes(_cache.PathOf(weights), _content);

        Assert.Equal(_cache.PathOf(weights), (await _cache.PullAsync(weights, Options, default)).Path);
        AssertHolds(weights.FileName);
    }

    [Fact]
    public async Task PullAsync_DamagedFile_IsToldAndFetchedAgain()
    {
        using var server = new LoopbackServer((request, stream) => LoopbackServer.SendFileAsync(request, stream, _content));
        string path = _cache.PathOf(Weights(server.Address));
        Directory.CreateDirectory(_cache.Folder);
        File.WriteAllBytes(path, _content[..1000]);

        await PullAsync(server);

        Assert.Equal(_content, File.ReadAllBytes(path));
        Assert.Equal($"'{path}' is damaged: it is fetched again.", Assert.Single(_log));
    }

    [Fact]
    public async Task PullAsync_UnusableFolder_NamesItAndTheCure()
    {
        string file = shapes.NewPath();
        File.WriteAllText(file, "not a folder");

        var exception = await Assert.ThrowsAsync<IOException>(
            () => new WeightsCache(Path.Combine(file, "cache")).PullAsync(Weights(LoopbackServer.ClosedAddress()), Options, default));

        Assert.All([file, "--cache", "RESNEXT_CACHE"], mention => Assert.Contains(mention, exception.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Locate_FileOfOnesOwn_IsNotPublished()
    {
        string file = shapes.NewPath(".pth");
        File.WriteAllBytes(file, _content);

        Assert.Equal((file, null), _cache.Locate(file));
    }

    [Fact]
    public void Locate_PublishedNameWithOtherContent_IsAnError()
    {
        string file = Path.Combine(Directory.CreateDirectory(shapes.NewPath()).FullName, "resnext50_32x4d-7cdf4587.pth");
        File.WriteAllBytes(file, _content);

        var exception = Assert.Throws<InvalidDataException>(() => _cache.Locate(file));

        Assert.All([file, "7cdf4587", "weights pull resnext50_32x4d.tv_in1k"], mention => Assert.Contains(mention, exception.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("resnext50_32x4d.tv_in1k", "weights pull resnext50_32x4d.tv_in1k")]
    [InlineData("ResNeXt50_32X4D_Weights.IMAGENET1K_V1", "weights pull resnext50_32x4d.tv_in1k")]
    [InlineData("resnext50_32x4", "did you mean resnext50_32x4d.tv2_in1k")]
    [InlineData("no/such/file.pth", "no file 'no/such/file.pth'")]
    public void Locate_NotThere_SaysWhatHelps(string name, string mention) =>
        Assert.Contains(mention, Assert.Throws<FileNotFoundException>(() => _cache.Locate(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void Locate_NameInTheCache_ChecksTheFile()
    {
        Directory.CreateDirectory(_cache.Folder);
        File.WriteAllBytes(Path.Combine(_cache.Folder, "resnext50_32x4d-1a0047aa.pth"), _content);

        Assert.Throws<InvalidDataException>(() => _cache.Locate("resnext50_32x4d"));
    }

    private DownloadOptions Options => new() { Client = _client, Log = _log.Add, Progress = (_, _) => { }, Pause = TimeSpan.Zero };

    private Task<(string Path, string Sha256)> PullAsync(LoopbackServer server) => _cache.PullAsync(Weights(server.Address), Options, default);

    private string LockFile(PublishedWeights weights) => Path.Combine(_cache.Folder, $".{weights.FileName}.lock");

    private void AssertHolds(params string[] files) =>
        Assert.Equal(files, Directory.EnumerateFiles(_cache.Folder).Select(Path.GetFileName).Where(name => !name!.EndsWith(".lock", StringComparison.Ordinal)));

    /// <summary>The content as if it had been published at that address.</summary>
    private PublishedWeights Weights(string address) => PublishedWeights.All[0] with
    {
        Name = "resnext14_2x4d.test",
        Url = $"{address}/test-{Convert.ToHexStringLower(SHA256.HashData(_content))[..8]}.pth",
    };
}
