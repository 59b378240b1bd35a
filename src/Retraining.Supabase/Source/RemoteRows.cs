using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Supabase.Source;

/// <summary>All that is read of a project, brought up to date: several tables at a time, each in parts.</summary>
internal sealed class RemoteRows
{
    private const int TablesAtATime = 4;

    private readonly List<KeptTable> _all = [];
    private readonly Func<RemoteTable, KeptTable> _open;
    private readonly KeptFiles _files;

    private RemoteRows(Func<RemoteTable, KeptTable> open, KeptFiles files)
    {
        _open = open;
        _files = files;
    }

    public IReadOnlyList<KeptTable> Videos { get; private set; } = [];

    public IReadOnlyList<KeptTable> Profiles { get; private set; } = [];

    public IReadOnlyList<KeptTable> Decisions { get; private set; } = [];

    public (KeptTable? Links, KeptTable? Names, bool ById) Tags { get; private set; }

    public (KeptTable? Links, KeptTable? Names, bool ById) Performers { get; private set; }

    public IReadOnlyList<FetchedTable> Fetched =>
        [.. _all.Select(table => table.Fetched).Where(table => table.Rows > 0 || table.ChangedSince is not null)];

    /// <exception cref="PermanentStageException">A table is missing, or is not what it should be.</exception>
    public static async Task<RemoteRows> FetchAsync(
        RestTables tables, KeptFiles files, Func<RemoteTable, KeptTable> open, bool useFunctions, CancellationToken cancellationToken)
    {
        var rows = new RemoteRows(open, files);
        await rows.LookAsync(new RemoteLayout(tables), useFunctions, cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = TablesAtATime, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(rows._all, options, async (table, token) => await table.UpdateAsync(token));
        return rows;
    }

    private async Task LookAsync(RemoteLayout layout, bool useFunctions, CancellationToken cancellationToken)
    {
        if (useFunctions)
        {
            Videos = [Function("get_item_embedding_feature_batch")];
            Profiles = [Function("get_user_embedding_feature_batch")];
        }
        else
        {
            Videos = await TablesAsync("videos", await layout.VideosAsync(cancellationToken), cancellationToken);
            Tags = await NamesAsync(layout, "video_tags", "tag", "tags", cancellationToken);
            Performers = await NamesAsync(layout, "video_performers", "performer", "performers", cancellationToken);
            Profiles = await TablesAsync("profiles", await layout.ProfilesAsync(cancellationToken), cancellationToken);
        }

        Decisions = await TablesAsync("user_video_decisions", await layout.DecisionsAsync(cancellationToken), cancellationToken);
        _all.InsertRange(0, Decisions); // the longest by far begins first
        _all.RemoveRange(_all.Count - Decisions.Count, Decisions.Count);
    }

    private KeptTable Function(string name) => Add(new(new(name, [], [], []) { IsFunction = true }, null, name));

    private KeptTable Add(RemoteTable remote)
    {
        var table = _open(remote);
        _all.Add(table);
        return table;
    }

    /// <returns>None where the table is empty; then nothing of it is kept, either.</returns>
    private async Task<KeptTable[]> TablesAsync(string name, RemoteTable? remote, CancellationToken cancellationToken)
    {
        if (remote is not null)
            return [Add(remote), Add(remote.Keyless())];
        await _files.RemoveOthersAsync(name, null, cancellationToken);
        await _files.RemoveOthersAsync(name + RemoteTable.KeylessEnding, null, cancellationToken);
        return [];
    }

    private async Task<(KeptTable? Links, KeptTable? Names, bool ById)> NamesAsync(
        RemoteLayout layout, string links, string kind, string names, CancellationToken cancellationToken)
    {
        var (linked, named, byId) = await layout.NamesAsync(links, kind, names, cancellationToken);
        if (linked is null)
            await _files.RemoveOthersAsync(links, null, cancellationToken);
        if (named is null)
            await _files.RemoveOthersAsync(names, null, cancellationToken);
        return (linked is null ? null : Add(linked), named is null ? null : Add(named), byId);
    }
}
