using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Puts those staged rows into the quarantine that no table took: a second row of one id, a decision for no video.</summary>
internal sealed class LeftOverRows(NpgsqlConnection connection, StagedRows staged, QuarantineWriter quarantine)
{
    private const string Twin = "an id that no earlier row has";

    /// <summary>To be called after the merge.</summary>
    public async Task FindAsync(CancellationToken cancellationToken)
    {
        await AddAsync(ServiceSql.TwinProfiles, "user_id", Twin, true, row => new Profile { UserId = Id(row) }, cancellationToken);
        await AddAsync(ServiceSql.TwinVideos, "id", Twin, false, row => new Video { Id = Id(row) }, cancellationToken);
        await AddAsync(ServiceSql.Orphans, "video_id", "the id of a video", true, Decision, cancellationToken);
        await quarantine.FlushAsync(cancellationToken);
    }

    private static Decision Decision(NpgsqlDataReader row) => new()
    {
        VideoId = Id(row),
        UserId = row.GetGuid(3).ToString(),
        DecisionType = row.GetString(4),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(5),
    };

    private static string Id(NpgsqlDataReader row) => row.GetGuid(2).ToString();

    /// <param name="sql">Gives origin, row and the id that is wrong, and what <paramref name="read"/> reads.</param>
    private async Task AddAsync<T>(
        string sql, string field, string expected, bool holdsUserIds, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var row = new SourceRow<T>(staged.Origin(rows.GetInt16(0)), rows.GetInt64(1), read(rows), null);
            await quarantine.AddAsync(row, new(field, Id(rows), expected), holdsUserIds, cancellationToken);
        }
    }
}
