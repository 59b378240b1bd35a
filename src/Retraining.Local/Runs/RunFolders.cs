using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Files;

namespace Retraining.Local.Runs;

/// <summary>Where runs keep their journals: <c>{root}/journals/{version}~{run id}/</c>.</summary>
internal sealed class RunFolders(string root)
{
    private const char Separator = '~';
    private readonly string _journals = Path.Combine(root, "journals");

    /// <summary>Held by the process that carries a run: one run at a time.</summary>
    public string Lock => Path.Combine(root, "engine.lock");

    /// <summary>Says for people and for refusals which run the holder of <see cref="Lock"/> carries.</summary>
    public string Owner => Path.Combine(root, "engine.owner");

    public void CreateRoot() => DurableFile.CreateFolder(Path.GetFullPath(_journals));

    /// <summary>Makes a file and removes it: a lock would take a folder that is read-only for one that somebody holds.</summary>
    public void TryWriting()
    {
        var probe = Path.Combine(_journals, $".writing-{Guid.NewGuid():N}");
        using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

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

    public RunFolder Of(RunKey run) => new(Path.Combine(Path.GetFullPath(_journals), $"{run.Version}{Separator}{run.RunId}"), run.RunId, run.Version);

    public RunFolder? Find(string runId) => All().FirstOrDefault(folder => folder.RunId == runId);

    /// <exception cref="PermanentStageException">The id cannot be a folder's name.</exception>
    public RunFolder Create(string runId, DateTimeOffset startedAt)
    {
        RunIdRule.Require(runId);
        var version = VersionName.From(startedAt);
        var folder = Of(new RunKey(runId, version));
        DurableFile.CreateFolder(folder.Path);
        return folder;
    }

    private static RunFolder? Parse(string path)
    {
        var name = Path.GetFileName(path);
        var separator = name.IndexOf(Separator);
        return separator > 0 && VersionName.IsValid(name[..separator])
            ? new RunFolder(path, name[(separator + 1)..], name[..separator])
            : null;
    }
}
