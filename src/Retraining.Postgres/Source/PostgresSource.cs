using System.Runtime.CompilerServices;
using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>The service's tables in PostgreSQL, read by binary COPY in one read-only repeatable-read snapshot.</summary>
/// <remarks>Both layouts of tags and performers; optional columns may be missing; ids of any type are read as text.</remarks>
public sealed class PostgresSource(NpgsqlDataSource database) : ISource
{
    private const string Decisions = "public.user_video_decisions";

    private ReadSession? _session;
    private ServiceTables? _tables;

    public string Location { get; } = PostgresFaults.LocationOf(database);

    private delegate (T? Value, RowFault? Fault) ReadRow<T>(CopyRow row);

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) =>
        ReadAsync("public.profiles", tables => tables.Profiles(), PostgresRows.Profile, cancellationToken);

    public async IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = new PostgresRows(
            await ReadNamesAsync("public.video_tags", tables => tables.Tags(), cancellationToken),
            await ReadNamesAsync("public.video_performers", tables => tables.Performers(), cancellationToken));
        await foreach (var row in ReadAsync<Video>("public.videos", tables => tables.Videos(), rows.Video, cancellationToken))
            yield return row;
    }

    public IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken) =>
        ReadAsync(Decisions, tables => tables.Decisions(), PostgresRows.Decision, cancellationToken);

    public async ValueTask<IAsyncEnumerable<DecisionBatch>?> ReadDecisionBatchesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (session, tables) = await OpenAsync(cancellationToken);
            if (!tables.HasUuidDecisions())
                return null;
            var ranges = await BlockRange.OfAsync(session.Main, Decisions, cancellationToken);
            string[] parts = [.. ranges.Select(range => Copy(tables.UuidDecisions(range)))];
            return ReadAsync(parts.Length == 1 ? [session.Main] : await session.ShareAsync(cancellationToken), parts, cancellationToken);
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

    private async Task<(ReadSession Session, ServiceTables Tables)> OpenAsync(CancellationToken cancellationToken)
    {
        _session ??= await ReadSession.OpenAsync(database, cancellationToken);
        return (_session, _tables ??= await ServiceTables.ReadAsync(_session.Main, cancellationToken));
    }

    private async Task<VideoNames> ReadNamesAsync(string table, Func<ServiceTables, string?> query, CancellationToken cancellationToken)
    {
        var names = new VideoNames();
        try
        {
            var (session, tables) = await OpenAsync(cancellationToken);
            if (query(tables) is not { } text)
                return names;
            await using var copy = await session.Main.BeginRawBinaryCopyAsync(Copy(text), cancellationToken);
            await using var stop = cancellationToken.Register(copy.Cancel);
            var rows = new CopyRows(copy);
            while (await rows.FillAsync(cancellationToken))
            {
                while (rows.TryNext(out var row))
                    names.Add(row);
            }
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
        for (var number = 0L; await FillAsync(rows, table, number, cancellationToken);)
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
            var (session, tables) = await OpenAsync(cancellationToken);
            return await session.Main.BeginRawBinaryCopyAsync(Copy(query(tables)), cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}");
        }
    }

    private async ValueTask<bool> FillAsync(CopyRows rows, string table, long read, CancellationToken cancellationToken)
    {
        try
        {
            return await rows.FillAsync(cancellationToken);
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
