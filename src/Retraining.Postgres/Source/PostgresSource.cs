using System.Runtime.CompilerServices;
using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>The service's tables in PostgreSQL, read by binary COPY in one read-only repeatable-read snapshot.</summary>
/// <remarks>Both layouts of tags and performers; optional columns may be missing; ids of any type are read as text.</remarks>
public sealed class PostgresSource(NpgsqlDataSource database) : ISource
{
    private const int MaxConnections = 4;
    private const string Decisions = "public.user_video_decisions";

    private ReadSession? _session;
    private ServiceTables? _tables;

    public string Location { get; } = PostgresFaults.LocationOf(database);

    private delegate (T? Value, RowFault? Fault) ReadRow<T>(CopyRow row);

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) =>
        ReadAsync("public.profiles", tables => tables.Profiles(), PostgresRows.Profile, cancellationToken);

    public async IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (tags, performers) = await ReadNamesAsync(cancellationToken);
        var rows = new PostgresRows(tags, performers);
        await foreach (var row in ReadAsync<Video>("public.videos", tables => tables.Videos(), rows.Video, cancellationToken))
            yield return row;
    }

    public IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken) =>
        ReadAsync(Decisions, tables => tables.Decisions(), PostgresRows.Decision, cancellationToken);

    public async ValueTask<IAsyncEnumerable<DecisionBatch>?> ReadDecisionBatchesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (connections, tables) = await OpenAsync(Decisions, 1, cancellationToken);
            if (!tables.HasUuidDecisions())
                return null;
            var ranges = await BlockRange.OfAsync(connections[0], Decisions, cancellationToken);
            string[] parts = [.. ranges.Select(range => Copy(tables.UuidDecisions(range)))];
            if (parts.Length > 1)
                (connections, _) = await OpenAsync(Decisions, MaxConnections, cancellationToken);
            return ReadAsync(connections, parts, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {Decisions}");
        }
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
        try
        {
            await CopyRows.ReadAsync(connection, Copy(query), names.Add, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}");
        }

        return names;
    }

    private async IAsyncEnumerable<SourceRow<T>> ReadAsync<T>(
        string table, Func<ServiceTables, string> query, ReadRow<T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        await using var copy = await BeginAsync(table, query, cancellationToken);
        await using var stop = cancellationToken.Register(copy.Cancel);
        var rows = new CopyRows(copy);
        for (var number = 0L; Fill(rows, table, number, cancellationToken);)
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

    private async Task<NpgsqlRawCopyStream> BeginAsync(string table, Func<ServiceTables, string> query, CancellationToken cancellationToken)
    {
        try
        {
            var (connections, tables) = await OpenAsync(table, 1, cancellationToken);
            return await connections[0].BeginRawBinaryCopyAsync(Copy(query(tables)), cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}");
        }
    }

    private bool Fill(CopyRows rows, string table, long read, CancellationToken cancellationToken)
    {
        try
        {
            return rows.Fill(cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}, after row {read}");
        }
    }

    private async IAsyncEnumerable<DecisionBatch> ReadAsync(
        IReadOnlyList<NpgsqlConnection> connections, string[] parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var blocks = new DecisionBlocks(connections, Decisions, parts);
        await using var batches = blocks.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        for (var read = 0L; ; read += batches.Current.Count)
        {
            try
            {
                if (!await batches.MoveNextAsync())
                    yield break;
            }
            catch (NpgsqlException error)
            {
                throw PostgresFaults.Explain(error, $"{Location}, {Decisions}, after row {read}");
            }

            yield return batches.Current;
        }
    }
}
