using Npgsql;
using NpgsqlTypes;
using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Makes the service's tables where they are missing and fills them from any source, in one transaction.</summary>
public sealed class PostgresLoader(NpgsqlDataSource database)
{
    /// <param name="source">Read whole; not disposed.</param>
    /// <param name="replace">Whether rows that the source does not have are removed; otherwise they stay.</param>
    /// <param name="cancellationToken">Stops the load; nothing is changed then.</param>
    /// <exception cref="PermanentStageException">The tables are there in a layout that is not written, or a right is missing.</exception>
    public async Task<LoadedTables> LoadAsync(ISource source, bool replace, CancellationToken cancellationToken)
    {
        try
        {
            await DatabaseMigrations.ApplyServiceTablesAsync(database, cancellationToken);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            RequireLayout(await ServiceTables.ReadAsync(connection, cancellationToken));
            await RunAsync(connection, ServiceSql.Staging, cancellationToken);

            var read = new RowCounts(
                await StageProfilesAsync(connection, source, cancellationToken),
                await StageVideosAsync(connection, source, cancellationToken),
                await StageDecisionsAsync(connection, source, cancellationToken));
            await RunAsync(connection, ServiceSql.Prune(replace), cancellationToken);
            var videos = await RunAsync(connection, ServiceSql.MergeVideos, cancellationToken);
            await RunAsync(connection, ServiceSql.MergeNames, cancellationToken);
            var profiles = await RunAsync(connection, ServiceSql.MergeProfiles, cancellationToken);
            var decisions = await RunAsync(connection, ServiceSql.MergeDecisions, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new LoadedTables(read, new RowCounts(profiles, videos, decisions));
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, PostgresFaults.LocationOf(database));
        }
    }

    private static void RequireLayout(ServiceTables tables)
    {
        foreach (var (table, name) in new[] { ("video_tags", "tag_name"), ("video_performers", "performer_name") })
        {
            if (!tables.Has(table, "video_id", name))
                throw new PermanentStageException($"public.{table}: no columns (video_id, {name}), expected them: the other layout is read, not written");
        }
    }

    private static async Task<long> StageProfilesAsync(NpgsqlConnection connection, ISource source, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("copy staged_profiles from stdin (format binary)", cancellationToken);
        var read = 0L;
        await foreach (var row in source.ReadProfilesAsync(cancellationToken))
        {
            read++;
            if (row.Value is not { } profile || !Guid.TryParse(profile.UserId, out var id))
                continue;
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(row.Row, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(copy, profile.DisplayName, cancellationToken);
            await WriteAsync(copy, profile.CreatedAt, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
        return read;
    }

    private static async Task<long> StageVideosAsync(NpgsqlConnection connection, ISource source, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("copy staged_videos from stdin (format binary)", cancellationToken);
        var read = 0L;
        await foreach (var row in source.ReadVideosAsync(cancellationToken))
        {
            read++;
            if (row.Value is not { } video || !Guid.TryParse(video.Id, out var id))
                continue;
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(row.Row, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            await WriteColumnsAsync(copy, video, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
        return read;
    }

    private static async Task WriteColumnsAsync(NpgsqlBinaryImporter copy, Video video, CancellationToken cancellationToken)
    {
        foreach (var text in new[]
        {
            video.ExternalId, video.Title, video.Description, video.Maker, video.Label, video.Series, video.Director, video.Source,
            video.ProductUrl, video.ThumbnailUrl,
        })
            await WriteAsync(copy, text, cancellationToken);
        foreach (var date in new[] { video.ProductReleasedAt, video.DistributionStartedAt, video.PublishedAt, video.CreatedAt })
            await WriteAsync(copy, date, cancellationToken);
        await WriteAsync(copy, video.DurationSeconds, NpgsqlDbType.Integer, cancellationToken);
        await WriteAsync(copy, video.Price, NpgsqlDbType.Double, cancellationToken);
        await WriteAsync(copy, video.SafetyLevel, NpgsqlDbType.Smallint, cancellationToken);
        await copy.WriteAsync(video.IsActive, NpgsqlDbType.Boolean, cancellationToken);
        foreach (var names in new[] { video.RegionCodes, video.Tags, video.Performers })
            await copy.WriteAsync(names.Select(Storable).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);
    }

    private static async Task<long> StageDecisionsAsync(NpgsqlConnection connection, ISource source, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("copy staged_decisions from stdin (format binary)", cancellationToken);
        var read = 0L;
        await foreach (var row in source.ReadDecisionsAsync(cancellationToken))
        {
            read++;
            if (row.Value is not { } decision || !Guid.TryParse(decision.UserId, out var user) || !Guid.TryParse(decision.VideoId, out var video))
                continue;
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(user, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(video, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(copy, decision.DecisionType, cancellationToken);
            await WriteAsync(copy, (DateTimeOffset?)decision.CreatedAt, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
        return read;
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken cancellationToken) => text is null
        ? copy.WriteNullAsync(cancellationToken)
        : copy.WriteAsync(Storable(text), NpgsqlDbType.Text, cancellationToken);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, DateTimeOffset? date, CancellationToken cancellationToken) =>
        WriteAsync(copy, date?.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancellationToken)
        where T : struct => value is { } some ? copy.WriteAsync(some, type, cancellationToken) : copy.WriteNullAsync(cancellationToken);

    /// <summary>PostgreSQL cannot hold a zero character in a text.</summary>
    private static string Storable(string text) => text.Replace("\0", "", StringComparison.Ordinal);

    /// <returns>Rows written.</returns>
    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
