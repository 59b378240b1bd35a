using Retraining.Execution;
using Retraining.Local.Files;

namespace Retraining.Local.Runs;

/// <summary>Where runs keep their journals: <c>{root}/journals/{version}~{run id}/</c>.</summary>
internal sealed class RunFolders(string root)
{
    private const char Separator = '~';
    private const int MaxIdLength = 100;
    private readonly string _journals = Path.Combine(root, "journals");

    /// <summary>Held by the process that carries a run: one run at a time.</summary>
    public string Lock => Path.Combine(root, "engine.lock");

    /// <summary>Says for people and for refusals which run the holder of <see cref="Lock"/> carries.</summary>
    public string Owner => Path.Combine(root, "engine.owner");

    public void CreateRoot() => DurableFile.CreateFolder(Path.GetFullPath(_journals));

    /// <summary>Newest first.</summary>
    public IReadOnlyList<RunFolder> All()
    {
        if (!Directory.Exists(_journals))
            return [];

        return [.. Directory.EnumerateDirectories(_journals)
            .Select(Parse)
            .OfType<RunFolder>()
            .OrderByDescending(folder => folder.Version, StringComparer.Ordinal)
            .ThenByDescending(folder => folder.RunId, StringComparer.Ordinal)];
    }

    public RunFolder? Find(string runId) => All().FirstOrDefault(folder => folder.RunId == runId);

    /// <exception cref="PermanentStageException">The id cannot be a folder's name.</exception>
    public RunFolder Create(string runId, DateTimeOffset startedAt)
    {
        if (!IsValidId(runId))
            throw new PermanentStageException($"run id \"{runId}\", expected 1 to {MaxIdLength} letters, digits, '-', '_' or '.', beginning with a letter or digit");

        var version = VersionName.From(startedAt);
        var folder = new RunFolder(Path.Combine(Path.GetFullPath(_journals), $"{version}{Separator}{runId}"), runId, version);
        DurableFile.CreateFolder(folder.Path);
        return folder;
    }

    /// <summary>The first whole second from <paramref name="now"/> on that no run started in: versions are named after it.</summary>
    public DateTimeOffset FreeStart(DateTimeOffset now)
    {
        var taken = All().Select(folder => folder.Version).ToHashSet(StringComparer.Ordinal);
        var start = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset).ToUniversalTime();
        while (taken.Contains(VersionName.From(start)))
            start = start.AddSeconds(1);
        return start;
    }

    private static bool IsValidId(string runId) =>
        runId.Length is > 0 and <= MaxIdLength && char.IsAsciiLetterOrDigit(runId[0])
        && runId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    private static RunFolder? Parse(string path)
    {
        var name = Path.GetFileName(path);
        var separator = name.IndexOf(Separator);
        return separator > 0 && VersionName.IsValid(name[..separator])
            ? new RunFolder(path, name[(separator + 1)..], name[..separator])
            : null;
    }
}
