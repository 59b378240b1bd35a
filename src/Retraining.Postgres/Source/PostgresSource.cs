using System.Runtime.CompilerServices;
using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>The service's tables in PostgreSQL, read by binary COPY in one read-only repeatable-read snapshot.</summary>
/// <remarks>Both layouts of tags and performers; optional columns may be missing; ids of any type are read as text.</remarks>
public sealed class PostgresSource(NpgsqlDataSource database) : ISource
{
    /// <summary>One is read from while the servers of the others work ahead.</summary>
    private const int Connections = 4;
    private const string Decisions = "public.user_video_decisions";

    private ReadSession? _session;
    private ServiceTables? _tables;

    public string Location { get; } = PostgresFaults.LocationOf(database);

    private delegate (T? Value, RowFault? Fault) ReadRow<T>(CopyRow row);

    private delegate string PartQuery(ServiceTables tables, BlockRange? blocks);

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) =>
        ReadAsync("public.profiles", (tables, blocks) => tables.Profiles(blocks), PostgresRows.Profile, cancellationToken);

    public async IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in ReadPackedVideosAsync(cancellationToken))
            yield return new(row.Origin, row.Row, row.Value?.ToVideo(), row.Fault);
    }

    public async IAsyncEnumerable<SourceRow<PackedVideo>> ReadPackedVideosAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (tags, performers) = await ReadNamesAsync(cancellationToken);
        var rows = new PostgresRows(tags, performers, _tables!.HasUuidVideos());
        await foreach (var row in ReadAsync<PackedVideo>("public.videos", (tables, blocks) => tables.Videos(blocks), rows.Video, cancellationToken))
            yield return row;
    }

    public IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken) =>
        ReadAsync(Decisions, (tables, blocks) => tables.Decisions(blocks), PostgresRows.Decision, cancellationToken);

    public async ValueTask<IAsyncEnumerable<DecisionBatch>?> ReadDecisionBatchesAsync(CancellationToken cancellationToken)
    {
        var (_, tables) = await OpenAsync(Decisions, 1, cancellationToken);
        return tables.HasUuidDecisions() ? ReadAsync(cancellationToken) : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync();
        _session = null;
    }

    private static string Copy(string query) => $"copy ({query}) to stdout (format binary)";

    /// <param name="table">What is about to be read, for messages.</param>
    /// <param name="wanted">Connections; there may be fewer, down to one.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    private async Task<(IReadOnlyList<NpgsqlConnection> Connections, ServiceTables Tables)> OpenAsync(
        string table, int wanted, CancellationToken cancellationToken)
    {
        try
        {
            _session ??= await ReadSession.OpenAsync(database, cancellationToken);
            _tables ??= await ServiceTables.ReadAsync(_session.Main, cancellationToken);
            return (await _session.ShareAsync(wanted, cancellationToken), _tables);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}");
        }
    }

    /// <summary>Side by side where there is a second connection.</summary>
    private async Task<(VideoNames Tags, VideoNames Performers)> ReadNamesAsync(CancellationToken cancellationToken)
    {
        var (connections, tables) = await OpenAsync("public.video_tags", 2, cancellationToken);
        var (tags, performers) = (tables.Tags(), tables.Performers());
        var first = ReadNamesAsync(connections[0], "public.video_tags", tags, cancellationToken);
        if (connections.Count == 1)
            await first;
        var second = ReadNamesAsync(connections[^1], "public.video_performers", performers, cancellationToken);
        await Task.WhenAll(first, second);
        return (await first, await second);
    }

    private async Task<VideoNames> ReadNamesAsync(
        NpgsqlConnection connection, string table, string? query, CancellationToken cancellationToken)
    {
        var names = new VideoNames();
        if (query is null)
            return names;
        // A thread of its own: it waits often, and would be missed where others need it.
        await Task.Factory.StartNew(Read, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return names;

        void Read()
        {
            using var rows = new CopyParts([connection], [Copy(query)], cancellationToken);
            for (var read = 0L; Fill(rows, table, read);)
            {
                for (; rows.TryNext(out var row); read++)
                    names.Add(row);
            }
        }
    }

    private async IAsyncEnumerable<SourceRow<T>> ReadAsync<T>(
        string table, PartQuery query, ReadRow<T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        using var rows = await BeginAsync(table, query, cancellationToken);
        for (var number = 0L; Fill(rows, table, number);)
        {
            while (Next() is { } next)
                yield return next;

            SourceRow<T>? Next()
            {
                if (!rows.TryNext(out var row))
                    return null;
                var (value, fault) = read(row);
                return new SourceRow<T>(table, ++number, value, fault);
            }
        }
    }

    private async IAsyncEnumerable<DecisionBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var rows = await BeginAsync(Decisions, (tables, blocks) => tables.UuidDecisions(blocks), cancellationToken);
        var decisions = new CopiedDecisions();
        for (var read = 0L; Fill(rows, Decisions, read);)
        {
            while (decisions.TryGather(rows))
            {
                var batch = decisions.ToBatch(Decisions, read + 1);
                read += batch.Count;
                yield return batch;
                decisions.Clear();
            }
        }
    }

    private bool Fill(CopyParts rows, string table, long read)
    {
        try
        {
            return rows.Fill();
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}{(read == 0 ? "" : $", after row {read}")}");
        }
    }

    private async Task<CopyParts> BeginAsync(string table, PartQuery query, CancellationToken cancellationToken)
    {
        var (connections, tables) = await OpenAsync(table, 1, cancellationToken);
        var whole = query(tables, null); // says what is missing in the table before anybody asks for its size
        try
        {
            var ranges = await BlockRange.OfAsync(connections[0], table, cancellationToken);
            if (ranges.Count == 1)
                return new([connections[0]], [Copy(whole)], cancellationToken);
            (connections, _) = await OpenAsync(table, Math.Min(Connections, ranges.Count), cancellationToken);
            return new(connections, [.. ranges.Select(range => Copy(query(tables, range)))], cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}");
        }
    }
}
