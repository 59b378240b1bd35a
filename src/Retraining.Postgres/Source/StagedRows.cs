using System.Text;
using Npgsql;
using NpgsqlTypes;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Copies a source's rows into temporary tables; those that they cannot hold go into the quarantine.</summary>
/// <param name="connection">With the tables of <see cref="ServiceSql.Staging"/>.</param>
/// <param name="quarantine">Gets the others.</param>
internal sealed class StagedRows(NpgsqlConnection connection, QuarantineWriter quarantine)
{
    /// <summary>Of a tag's or performer's name: an entry of their tables' index, with the video's id, has room for some 2,700.</summary>
    private const int MaxNameBytes = 2000;

    private readonly List<string> _origins = [];
    private long _position;

    /// <summary>File or table by its number in the temporary tables.</summary>
    public string Origin(short number) => _origins[number];

    /// <returns>Rows read.</returns>
    public Task<long> CopyAsync(IAsyncEnumerable<SourceRow<Profile>> profiles, CancellationToken cancellationToken) =>
        CopyAsync("staged_profiles", profiles, true, _ => null, async (copy, profile) =>
        {
            await WriteAsync(copy, profile.DisplayName, cancellationToken);
            await WriteAsync(copy, profile.CreatedAt, cancellationToken);
        }, cancellationToken, ("user_id", profile => profile.UserId));

    /// <inheritdoc cref="CopyAsync(IAsyncEnumerable{SourceRow{Profile}}, CancellationToken)"/>
    public Task<long> CopyAsync(IAsyncEnumerable<SourceRow<Video>> videos, CancellationToken cancellationToken) =>
        CopyAsync(
            "staged_videos", videos, false, LongName, (copy, video) => WriteColumnsAsync(copy, video, cancellationToken), cancellationToken,
            ("id", video => video.Id));

    /// <inheritdoc cref="CopyAsync(IAsyncEnumerable{SourceRow{Profile}}, CancellationToken)"/>
    public Task<long> CopyAsync(IAsyncEnumerable<SourceRow<Decision>> decisions, CancellationToken cancellationToken) =>
        CopyAsync("staged_decisions", decisions, true, _ => null, async (copy, decision) =>
        {
            await WriteAsync(copy, decision.DecisionType, cancellationToken);
            await WriteAsync(copy, (DateTimeOffset?)decision.CreatedAt, cancellationToken);
        }, cancellationToken, ("user_id", decision => decision.UserId), ("video_id", decision => decision.VideoId));

    private async Task<long> CopyAsync<T>(
        string table, IAsyncEnumerable<SourceRow<T>> rows, bool holdsUserIds, Func<T, RowFault?> check,
        Func<NpgsqlBinaryImporter, T, Task> writeRest, CancellationToken cancellationToken, params (string Field, Func<T, string> Value)[] ids)
        where T : class
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {table} from stdin (format binary)", cancellationToken);
        var read = 0L;
        var uuids = new Guid[ids.Length];
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            read++;
            if ((FaultOf(row, ids, uuids) ?? check(row.Value!)) is { } fault)
            {
                await quarantine.AddAsync(row, fault, holdsUserIds, cancellationToken);
                continue;
            }

            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(_position++, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(NumberOf(row.Origin), NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(row.Row, NpgsqlDbType.Bigint, cancellationToken);
            foreach (var uuid in uuids)
                await copy.WriteAsync(uuid, NpgsqlDbType.Uuid, cancellationToken);
            await writeRest(copy, row.Value!);
        }

        await copy.CompleteAsync(cancellationToken);
        return read;
    }

    private static RowFault? FaultOf<T>(SourceRow<T> row, (string Field, Func<T, string> Value)[] ids, Guid[] uuids)
        where T : class
    {
        if (row.Value is not { } value)
            return row.Fault;
        for (var i = 0; i < ids.Length; i++)
        {
            if (!Guid.TryParse(ids[i].Value(value), out uuids[i]))
                return new(ids[i].Field, ids[i].Value(value), "a UUID");
        }

        return null;
    }

    private static RowFault? LongName(Video video)
    {
        foreach (var (field, names) in new[] { ("tags", video.Tags), ("performers", video.Performers) })
        {
            if (names.FirstOrDefault(name => Encoding.UTF8.GetByteCount(name) > MaxNameBytes) is { } name)
                return new(field, name[..40] + "…", $"names of at most {MaxNameBytes} bytes in UTF-8");
        }

        return null;
    }

    private short NumberOf(string origin)
    {
        var number = _origins.LastIndexOf(origin);
        if (number < 0)
        {
            number = _origins.Count;
            _origins.Add(origin);
        }

        return checked((short)number);
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
        await WriteAsync(copy, video.RegionCodes, cancellationToken);
        foreach (var vector in new[] { video.TextVector, video.ImageVector })
            await (vector is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(vector, NpgsqlDbType.Array | NpgsqlDbType.Real, cancellationToken));
        await WriteAsync(copy, video.Tags, cancellationToken);
        await WriteAsync(copy, video.Performers, cancellationToken);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        copy.WriteAsync(names.Select(Storable).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken cancellationToken) => text is null
        ? copy.WriteNullAsync(cancellationToken)
        : copy.WriteAsync(Storable(text), NpgsqlDbType.Text, cancellationToken);

    private static Task WriteAsync(NpgsqlBinaryImporter copy, DateTimeOffset? date, CancellationToken cancellationToken) =>
        WriteAsync(copy, date?.UtcDateTime, NpgsqlDbType.TimestampTz, cancellationToken);

    private static Task WriteAsync<T>(NpgsqlBinaryImporter copy, T? value, NpgsqlDbType type, CancellationToken cancellationToken)
        where T : struct => value is { } some ? copy.WriteAsync(some, type, cancellationToken) : copy.WriteNullAsync(cancellationToken);

    /// <summary>PostgreSQL cannot hold a zero character in a text.</summary>
    private static string Storable(string text) => text.Replace("\0", "", StringComparison.Ordinal);
}
