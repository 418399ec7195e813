using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ResNeXt.Training;

/// <summary>
/// A folder that photos are sorted into, a folder for each class. <c>sorted.csv</c> in it says of each photo where it was and where it is, before the photo is touched: so whoever
/// was stopped, or killed, goes on without losing or doubling a photo, and all of it can be undone. No file is ever overwritten.
/// </summary>
internal sealed partial class SortedFolder : IDisposable
{
    /// <summary>Where photos go that no class is probable enough for.</summary>
    public const string Unsure = "unsure";

    private const string LogName = "sorted.csv", Header = "from,to,label,probability";

    private static readonly SearchValues<char> NotInNames = SearchValues.Create("/\\:*?\"<>|");

    private readonly string _folder;
    private readonly bool _moves;
    private readonly FileStream _lock;
    private readonly FileStream _log;
    private readonly HashSet<string> _before; // read by the threads that look ahead, and no more changed
    private readonly HashSet<string> _now = [];

    private SortedFolder(string folder, bool moves, FileStream @lock, Action<string> log)
    {
        (_folder, _moves, _lock) = (folder, moves, @lock);
        SortedPhoto[] photos = [.. Read(folder)];
        foreach (SortedPhoto photo in photos)
        {
            // What a file says is not believed far: photos alone are touched.
            string to = Path.Combine(folder, photo.To);
            if (File.Exists(to) || ImageFolder.HasSignature(photo.From) || (moves && ImageFolder.HasSignature(Partial(to))))
            {
                Finish(photo);
            }
            else
            {
                log($"'{photo.From}' was to become '{photo.To}' and is no photo, or gone.");
            }
        }

        _before = [.. photos.Select(photo => photo.From)];
        _log = new FileStream(LogOf(folder), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (_log.Length == 0)
        {
            Append(Header);
        }
    }

    /// <summary>Photos by the folder that they went to in this run.</summary>
    public SortedDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Photos that had been sorted before.</summary>
    public int Before => _before.Count;

    /// <summary>Opens a folder, creates it, or goes on with what was stopped there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="moves">Whether photos leave the place where they are.</param>
    /// <param name="labels">The classes, whose names become folders.</param>
    /// <param name="log">Told of each photo that was stopped on its way and cannot go on.</param>
    /// <exception cref="InvalidDataException">A class cannot be a folder, or what is there is damaged.</exception>
    /// <exception cref="IOException">Another process sorts into it.</exception>
    public static SortedFolder Open(string folder, bool moves, IEnumerable<string> labels, Action<string> log)
    {
        if (labels.FirstOrDefault(label => !IsFolderName(label)) is string label)
        {
            throw new InvalidDataException($"Class '{label}' cannot be the name of a folder: export the model with other names (export --labels FILE), or write a table (--output).");
        }

        Directory.CreateDirectory(folder);
        FileStream held = Lock(folder);
        try
        {
            return new SortedFolder(Path.GetFullPath(folder), moves, held, log);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Puts every photo back where it was: moved ones return, and copies go where the photo is still there with the same bytes.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellation">Stops between two photos.</param>
    /// <param name="log">Told of each photo that stays, and why.</param>
    /// <returns>How many returned, how many copies went, and how many stay.</returns>
    /// <exception cref="FileNotFoundException">Nothing was sorted into it.</exception>
    public static (int Returned, int Removed, int Left) Undo(string folder, Action<string> log, CancellationToken cancellation)
    {
        folder = Path.GetFullPath(folder);
        if (!File.Exists(LogOf(folder)))
        {
            throw new FileNotFoundException($"'{folder}' has no {LogName}: expected a folder that `predict --copy-to` or `--move-to` sorted into.");
        }

        using FileStream held = Lock(folder);
        int returned = 0, removed = 0, left = 0;
        SortedPhoto[] photos = [.. Read(folder)];
        foreach (SortedPhoto photo in photos)
        {
            cancellation.ThrowIfCancellationRequested();
            string to = Path.Combine(folder, photo.To);
            if (!File.Exists(photo.From))
            {
                // Neither here nor there: it was on its way, on one of two ways.
                string[] places = [to, Partial(to), Partial(photo.From)];
                if (Array.Find(places, ImageFolder.HasSignature) is not string place)
                {
                    log($"'{photo.To}' is no photo, or gone, and '{photo.From}' is not there either.");
                    left++;
                    continue;
                }

                Directory.CreateDirectory(Path.GetDirectoryName(photo.From)!);
                Move(place, photo.From);
                returned++;
            }
            else if (File.Exists(to) && !IsSame(photo.From, to))
            {
                log($"'{photo.To}' and '{photo.From}' are not the same any more: both stay.");
                left++;
            }
            else
            {
                File.Delete(to);
                File.Delete(Partial(to));
                removed++;
            }
        }

        if (left == 0)
        {
            foreach (string of in photos.Select(photo => Path.Combine(folder, Path.GetDirectoryName(photo.To)!)).Distinct().Where(of => Directory.Exists(of) && !Directory.EnumerateFileSystemEntries(of).Any()))
            {
                Directory.Delete(of);
            }

            File.Delete(LogOf(folder));
        }

        return (returned, removed, left);
    }

    /// <summary>Whether a photo had been sorted before this run. From any thread.</summary>
    public bool Has(string photo) => _before.Contains(Path.GetFullPath(photo));

    /// <summary>Sorts a photo; one that is named twice is sorted once.</summary>
    /// <param name="photo">The file.</param>
    /// <param name="best">Its most probable class.</param>
    /// <param name="threshold">The least probability of a class.</param>
    /// <exception cref="IOException">It cannot be copied or moved; nothing is left of the attempt.</exception>
    public void Add(string photo, LabelProbability best, double threshold)
    {
        if (!_now.Add(Path.GetFullPath(photo)))
        {
            return;
        }

        string of = best.Probability < threshold ? Unsure : best.Label;
        Directory.CreateDirectory(Path.Combine(_folder, of));
        var sorted = new SortedPhoto(Path.GetFullPath(photo), FreeName(of, Path.GetFileName(photo)), best.Label, best.Probability);
        long length = _log.Length;
        Append(Csv.Line([sorted.From, sorted.To, sorted.Label, sorted.Probability]));
        try
        {
            Finish(sorted);
        }
        catch
        {
            if (File.Exists(sorted.From))
            {
                File.Delete(Partial(Path.Combine(_folder, sorted.To)));
                _log.SetLength(length);
            }

            throw;
        }

        Counts[of] = Counts.GetValueOrDefault(of) + 1;
    }

    public void Dispose()
    {
        _log.Dispose();
        _lock.Dispose();
    }

    /// <summary>Brings a photo from where it was to where it belongs, from wherever a stop left it.</summary>
    private void Finish(SortedPhoto photo)
    {
        string to = Path.Combine(_folder, photo.To), partial = Partial(to);
        if (File.Exists(to))
        {
            if (_moves && File.Exists(photo.From) && IsSame(photo.From, to))
            {
                File.Delete(photo.From); // copied by an earlier run
            }

            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (_moves)
        {
            Move(File.Exists(photo.From) ? photo.From : partial, to);
            return;
        }

        File.Copy(photo.From, partial, overwrite: true);
        File.Move(partial, to, overwrite: false);
    }

    /// <summary>A move between disks is a copy, which a stop would leave half done under its name.</summary>
    private static void Move(string from, string to)
    {
        string partial = Partial(to);
        if (from != partial)
        {
            File.Move(from, partial, overwrite: true);
        }

        File.Move(partial, to, overwrite: false);
    }

    private static string Partial(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.part");

    /// <summary>A second photo of a name gets a number.</summary>
    private string FreeName(string of, string name)
    {
        string free = name;
        for (int i = 2; Path.Exists(Path.Combine(_folder, of, free)); i++)
        {
            free = FormattableString.Invariant($"{Path.GetFileNameWithoutExtension(name)} ({i}){Path.GetExtension(name)}");
        }

        return $"{of}/{free}";
    }

    /// <summary>A whole line at once, so that a kill leaves none in part.</summary>
    private void Append(string line)
    {
        long length = _log.Length;
        try
        {
            _log.Write(Encoding.UTF8.GetBytes(line + "\n"));
        }
        catch (IOException)
        {
            _log.SetLength(length); // the disk is full
            throw;
        }
    }

    private static IEnumerable<SortedPhoto> Read(string folder)
    {
        string path = LogOf(folder);
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            yield break;
        }

        bool first = true;
        foreach (string[] fields in Csv.Read(path))
        {
            if (first)
            {
                first = string.Join(',', fields) == Header ? false : throw new InvalidDataException($"'{path}' begins with '{string.Join(',', fields)}': expected '{Header}'.");
                continue;
            }

            yield return fields is [string from, string to, string label, string number]
                && Path.IsPathFullyQualified(from)
                && to.Split('/') is [string of, string name] && IsFolderName(of, unsure: true) && Path.GetFileName(name) == name && name is not ("" or "." or "..")
                && float.TryParse(number, CultureInfo.InvariantCulture, out float probability)
                ? new SortedPhoto(from, to, label, probability)
                : throw new InvalidDataException($"'{path}' is damaged: '{string.Join(',', fields)}' is no line of it.");
        }
    }

    private static string LogOf(string folder) => Path.Combine(folder, LogName);

    private static FileStream Lock(string folder) => LockFile.TryTake(Path.Combine(folder, ".sorted.lock"), FileOptions.DeleteOnClose)
        ?? throw new IOException($"Another process sorts photos into '{folder}': wait until it is done.");

    /// <summary>Whether it names a folder here and on any other system, and not the one of the unsure.</summary>
    private static bool IsFolderName(string label, bool unsure = false) =>
        label.Length > 0 && Encoding.UTF8.GetByteCount(label) <= 200 && label[0] != '.' && !Device().IsMatch(label) && label[^1] is not ('.' or ' ') && !label.AsSpan().ContainsAny(NotInNames) && !label.Any(char.IsControl)
        && (unsure || !label.Equals(Unsure, StringComparison.OrdinalIgnoreCase));

    /// <summary>Names that Windows keeps for devices.</summary>
    [GeneratedRegex(@"^(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\..*)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();

    private static bool IsSame(string one, string other) =>
        new FileInfo(one).Length == new FileInfo(other).Length && FileDigest.Of(one) == FileDigest.Of(other);
}
