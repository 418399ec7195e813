namespace ResNeXt.Training;

/// <summary>
/// The folder that published weights are kept in, under their published file names. A file has its name only when its hash was right;
/// files that were put there by hand are as good.
/// </summary>
/// <param name="folder">The folder; null where nothing says which, which is an error only for what lies there.</param>
internal sealed class WeightsCache(string? folder)
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(200);

    /// <exception cref="DirectoryNotFoundException">Nothing says which.</exception>
    public string Folder => Path.GetFullPath(folder ?? throw new DirectoryNotFoundException("There is no home folder to keep weights in: set RESNEXT_CACHE to a writable folder."));

    /// <summary>The folder that is asked for, else the one that <see cref="CacheFolder.Weights"/> names.</summary>
    public static WeightsCache Open(string? folder = null) => new(folder ?? CacheFolder.Weights);

    /// <summary>Published weights that are here, by the names of their files: nothing is read.</summary>
    public IEnumerable<PublishedWeights> Pulled => folder is null ? [] : PublishedWeights.All.Where(weights => File.Exists(PathOf(weights)));

    public string PathOf(PublishedWeights weights) => Path.Combine(Folder, weights.FileName);

    /// <summary>
    /// What a user means by weights: a file, the name of published weights that are in the cache, or <see cref="EmbeddedWeights.Name"/>. A file that was published is recognised
    /// by its content, whatever it is called.
    /// </summary>
    /// <returns>The file, and what is known of it if it was published.</returns>
    /// <exception cref="FileNotFoundException">There is neither; the message says what to do.</exception>
    /// <exception cref="InvalidDataException">The file has the name of published weights and another content.</exception>
    public (string Path, PublishedWeights? Published) Locate(string nameOrFile)
    {
        if (nameOrFile == EmbeddedWeights.Name)
        {
            return (EmbeddedWeights.Unpack(Folder), null);
        }

        if (!File.Exists(nameOrFile))
        {
            PublishedWeights named = PublishedWeights.Find(nameOrFile)
                ?? throw new FileNotFoundException(EmbeddedWeights.Successor(nameOrFile) ?? $"There is no file '{nameOrFile}', and {PublishedWeights.Unknown(nameOrFile)}");
            return File.Exists(PathOf(named))
                ? Locate(PathOf(named))
                : throw new FileNotFoundException($"'{named.Name}' is not in '{Folder}': fetch it with `weights pull {named.Name}`, or save {named.Url} there by hand.");
        }

        string hash = FileDigest.Of(nameOrFile);
        PublishedWeights? published = PublishedWeights.OfHash(hash);
        return published is null && PublishedWeights.All.FirstOrDefault(weights => weights.FileName == Path.GetFileName(nameOrFile)) is PublishedWeights other
            ? throw new InvalidDataException(
                $"'{nameOrFile}' has the name of '{other.Name}' but its SHA-256 is {hash}, expected one that begins with {other.Sha256Prefix}: fetch it again with `weights pull {other.Name}`, or give weights of your own another name.")
            : (nameOrFile, published);
    }

    /// <summary>Brings weights into the cache, over the network only when they are not there yet. Pulls at the same time, also of other processes, share one download.</summary>
    /// <returns>The file, and its whole hash.</returns>
    /// <exception cref="HttpRequestException">They cannot be had; the message says what to fetch by hand.</exception>
    /// <exception cref="InvalidDataException">The server has another file.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public async Task<(string Path, string Sha256)> PullAsync(PublishedWeights weights, DownloadOptions options, CancellationToken cancellation)
    {
        try
        {
            if (TryGet(weights) is (string, string) cached)
            {
                return cached;
            }

            Directory.CreateDirectory(Folder);
            using FileStream exclusive = await LockAsync(weights, options, cancellation);
            return TryGet(weights) ?? await DownloadAsync(weights, options, cancellation); // another may have fetched it meanwhile
        }
        catch (HttpRequestException exception)
        {
            throw new HttpRequestException(
                $"'{weights.Name}' was not fetched: {exception.Message.TrimEnd('.')}. Pull it again later, or fetch {weights.Url} by hand and save it as '{PathOf(weights)}' (its SHA-256 begins with {weights.Sha256Prefix}).",
                exception);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new IOException($"'{Folder}' cannot hold '{weights.FileName}': {exception.Message} Choose another folder with --cache or RESNEXT_CACHE.", exception);
        }
    }

    private (string Path, string Sha256)? TryGet(PublishedWeights weights)
    {
        string path = PathOf(weights);
        return File.Exists(path) && FileDigest.Of(path) is string hash && hash.StartsWith(weights.Sha256Prefix, StringComparison.Ordinal)
            ? (path, hash)
            : null;
    }

    private async Task<(string Path, string Sha256)> DownloadAsync(PublishedWeights weights, DownloadOptions options, CancellationToken cancellation)
    {
        string path = PathOf(weights);
        string partial = path + ".partial";
        if (File.Exists(path))
        {
            options.Log($"'{path}' is damaged: it is fetched again.");
        }

        var download = new FileDownload(options, new Uri(weights.Url), partial, limit: weights.ApproximateBytes / 4 * 5);
        try
        {
            await download.RunAsync(cancellation);
            string hash = FileDigest.Of(partial);
            if (!hash.StartsWith(weights.Sha256Prefix, StringComparison.Ordinal))
            {
                throw new InvalidDataException(FormattableString.Invariant($"The server has another file: {new FileInfo(partial).Length:N0} bytes, SHA-256 {hash}, expected one that begins with {weights.Sha256Prefix}."));
            }

            File.Move(partial, path, overwrite: true);
            download.Discard();
            return (path, hash);
        }
        catch (InvalidDataException exception)
        {
            download.Discard();
            throw new InvalidDataException($"'{weights.Name}' was not fetched from {weights.Url}: {exception.Message} Nothing was kept; pull it again, or look whether a proxy stands between.", exception);
        }
    }

    /// <summary>
    /// Waits until nobody else fetches the file. The lock file stays: to remove it while another waits for it would give two processes a lock each.
    /// </summary>
    private async Task<FileStream> LockAsync(PublishedWeights weights, DownloadOptions options, CancellationToken cancellation)
    {
        for (bool told = false; ; told = true)
        {
            if (LockFile.TryTake(Path.Combine(Folder, $".{weights.FileName}.lock")) is FileStream taken)
            {
                return taken;
            }

            if (!told)
            {
                options.Log($"'{weights.Name}' is being fetched already: waiting for it.");
            }

            await Task.Delay(LockPoll, cancellation);
        }
    }
}
