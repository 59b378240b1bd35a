using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>What is asked and stored for single users, each in one statement.</summary>
internal sealed class ServedUsers(NpgsqlDataSource database)
{
    public async Task<RecommendationList> RecommendAsync(string userId, string? pseudonym, int count, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select version, personal, video_id, title, score, rank from two_tower.answer($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = userId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        command.Parameters.Add(Text(pseudonym));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken); // one row at least
        var version = reader.IsDBNull(0) ? null : reader.GetString(0);
        var personal = reader.GetBoolean(1);
        var items = new List<Recommendation>(count);
        do
        {
            if (!reader.IsDBNull(2))
                items.Add(new(reader.GetGuid(2).ToString(), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetDouble(4), reader.GetInt32(5)));
        }
        while (await reader.ReadAsync(cancellationToken));
        return new RecommendationList { UserId = userId, Version = version, Personal = personal, Items = items };
    }

    public async Task<IReadOnlyList<string>> ListAsync(int count, CancellationToken cancellationToken)
    {
        if (await FindServedAsync(cancellationToken) is null)
            return [];
        await using var command = database.CreateCommand("select user_id from public.user_embeddings order by user_id collate \"C\" limit $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var users = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            users.Add(reader.GetString(0));
        return users;
    }

    public async Task<ServedVersion?> FindServedAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select two_tower.live_version(), two_tower.has_pseudonyms()");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return ServedOf(reader);
    }

    public async Task<(ServedVersion? Served, UserPayload? Payload)> ReadAsync(
        string userId, IReadOnlyList<string> positiveDecisions, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(userId, out var id))
            throw new PermanentStageException($"user {userId}: not a UUID, expected one as public.user_video_decisions has them, or a payload");
        await using var command = database.CreateCommand("select version, pseudonymised, payload from public.user_embedding_features($1, $2, $3)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = asOf.ToUniversalTime() });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. positiveDecisions] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (ServedOf(reader), JsonSerializer.Deserialize<UserPayload>(reader.GetString(2))! with { UserId = userId });
    }

    /// <returns>The live version, see <see cref="IVectorIndex.StoreUserAsync"/>.</returns>
    public async Task<string?> StoreAsync(string version, EmbeddingRow user, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select live_version from public.store_user_embedding($1, $2::real[]::vector, $3)");
        command.Parameters.Add(Text(user.Id));
        command.Parameters.Add(new NpgsqlParameter<float[]> { TypedValue = user.Embedding.ToArray() });
        command.Parameters.Add(Text(version));
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) as string;
        }
        catch (PostgresException error) when (error.SqlState.StartsWith(VersionSwitch.Refused, StringComparison.Ordinal))
        {
            throw new PermanentStageException(error.MessageText, error);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DataException) // what pgvector says of another width
        {
            throw new PermanentStageException($"user {user.Id}: {error.MessageText}", error);
        }
    }

    private static ServedVersion? ServedOf(NpgsqlDataReader reader) =>
        reader.IsDBNull(0) ? null : new ServedVersion(reader.GetString(0), reader.GetBoolean(1));

    private static NpgsqlParameter<string> Text(string? value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text };
}
