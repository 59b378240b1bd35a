using Retraining.Execution;

namespace Retraining.Serving;

/// <summary>How the ledger of a file index changes when a version goes live.</summary>
internal static class FileSwitch
{
    /// <exception cref="PermanentStageException">Videos or users of that version are not loaded, or differ in width.</exception>
    public static FileLedger Apply(FileLedger before, VersionChange change, DateTimeOffset now)
    {
        var loads = before.Loads.Where(load => load.Version == change.Version).ToList();
        if (loads.Count != 2 || loads[0].Dim != loads[1].Dim)
        {
            var found = loads.Count == 0 ? "nothing" : string.Join(" and ", loads.Select(load => $"{load.Kind} ({load.Dim} wide)"));
            throw new PermanentStageException($"version {change.Version}: {found} loaded, expected videos and users of one width");
        }

        var known = before.Versions.FirstOrDefault(version => version.Version == change.Version)
            ?? new ModelVersion
            {
                Version = change.Version,
                ModelPath = change.ModelPath,
                EmbeddingDim = loads[0].Dim,
                IsActive = true,
                IsLoaded = true,
                CreatedAt = now,
            };
        var others = before.Versions.Where(version => version.Version != change.Version)
            .Select(version => version.IsActive ? version with { IsActive = false, RetiredAt = now } : version);
        return before with
        {
            Versions = [.. others, known with { IsActive = true, ActivatedAt = now, RetiredAt = null, ActivatedBy = change.By, Reason = change.Reason }],
            Activations = [.. before.Activations, new FileActivation(change.Version, before.Live?.Version, now, change.By, change.Reason)],
        };
    }

    /// <summary>Drops what is neither live nor among the newest <paramref name="keep"/> retired; one loaded for a later switch stays.</summary>
    public static (FileLedger After, IReadOnlyList<string> Dropped) DropRetired(FileLedger ledger, int keep)
    {
        var live = ledger.Live?.Version;
        var loaded = ledger.Loads.Select(load => load.Version).ToHashSet(StringComparer.Ordinal);
        var kept = ledger.Versions.Where(version => version.RetiredAt is not null && loaded.Contains(version.Version))
            .OrderByDescending(version => version.RetiredAt).ThenByDescending(version => version.Version, StringComparer.Ordinal)
            .Take(keep).Select(version => version.Version).ToHashSet(StringComparer.Ordinal);
        var retired = ledger.Versions.Where(version => version.RetiredAt is not null).Select(version => version.Version).ToHashSet(StringComparer.Ordinal);
        List<string> dropped = [.. loaded
            .Where(version => version != live && !kept.Contains(version))
            .Where(version => retired.Contains(version) || string.CompareOrdinal(version, live) < 0)
            .Order(StringComparer.Ordinal)];
        return (ledger with { Loads = [.. ledger.Loads.Where(load => !dropped.Contains(load.Version))] }, dropped);
    }
}
