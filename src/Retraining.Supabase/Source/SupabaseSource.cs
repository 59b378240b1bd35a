using System.Runtime.CompilerServices;
using Retraining.Source;

namespace Retraining.Supabase.Source;

/// <summary>
/// The service's tables over REST (PostgREST), in pages. There is no snapshot over HTTP: rows that are there all the while are read once each,
/// rows that come or go meanwhile may or may not be.
/// </summary>
/// <param name="client">The project's; disposed with this source.</param>
/// <param name="settings">Page size, how often tables are read whole, and whether batch functions are asked instead of tables.</param>
/// <param name="context">The run, and where rows are kept.</param>
public sealed class SupabaseSource(SupabaseClient client, SourceSettings settings, SourceContext context) : ISource
{
    private readonly RestTables _tables = new(client, settings.PageSize);
    private readonly KeptFiles _files = new(context.Kept, client.Location);
    private RemoteRows? _rows;

    public string Location => client.Location;

    public IReadOnlyList<FetchedTable>? Fetched => _rows?.Fetched;

    /// <inheritdoc cref="KeptTable.PartBytes"/>
    internal int PartBytes { get; init; } = 4 << 20;

    public async IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = await FetchAsync(cancellationToken);
        await foreach (var (table, number, row) in NumberedAsync(rows.Profiles, cancellationToken))
            yield return settings.UseRpc ? BatchRows.Profile(table, number, row) : JsonRow.Read(table, number, row, JsonRow.Profile);
    }

    public async IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = await FetchAsync(cancellationToken);
        var tags = await RemoteNames.ReadAsync(rows.Tags.Links, rows.Tags.Names, rows.Tags.ById, cancellationToken);
        var performers = await RemoteNames.ReadAsync(rows.Performers.Links, rows.Performers.Names, rows.Performers.ById, cancellationToken);
        await foreach (var (table, number, row) in NumberedAsync(rows.Videos, cancellationToken))
        {
            if (settings.UseRpc)
            {
                yield return BatchRows.Video(table, number, row);
                continue;
            }

            var read = JsonRow.Read(table, number, row, JsonRow.Video);
            yield return read.Value is not { } video ? read : read with
            {
                Value = video with { Tags = tags.Of(video.Id), Performers = performers.Of(video.Id) },
            };
        }
    }

    public async IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = await FetchAsync(cancellationToken);
        await foreach (var (table, number, row) in NumberedAsync(rows.Decisions, cancellationToken))
            yield return JsonRow.Read(table, number, row, JsonRow.Decision);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async IAsyncEnumerable<(string Table, long Number, ScannedRow Row)> NumberedAsync(
        IReadOnlyList<KeptTable> tables, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0L;
        foreach (var table in tables)
        {
            await foreach (var row in table.ReadAsync(cancellationToken))
                yield return (table.Table, ++number, row);
        }
    }

    private async Task<RemoteRows> FetchAsync(CancellationToken cancellationToken) => _rows ??= await RemoteRows.FetchAsync(
        _tables,
        _files,
        table => new KeptTable(table, _tables, _files, settings, context.Run) { PartBytes = PartBytes },
        settings.UseRpc,
        cancellationToken);
}
