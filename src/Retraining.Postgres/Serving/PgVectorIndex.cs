using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>Generations in PostgreSQL with pgvector. Readers use <c>public.video_embeddings</c> and <c>public.user_embeddings</c>.</summary>
/// <param name="database">Stays open: it belongs to the caller.</param>
public sealed class PgVectorIndex(NpgsqlDataSource database, ServingSettings settings, TimeProvider time) : IVectorIndex
{
    private static readonly ConditionalWeakTable<NpgsqlDataSource, object> Migrated = [];

    public string Location
    {
        get
        {
            var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
            return $"PostgreSQL {address.Host}:{address.Port}/{address.Database}";
        }
    }

    public async Task<LoadedEmbeddings> LoadAsync(EmbeddingLoad load, CancellationToken cancellationToken)
    {
        await DatabaseMigrations.ApplyAsync(database, cancellationToken);
        return await new GenerationLoad(database, settings, time, load).RunAsync(cancellationToken);
    }

    public async Task<Activation> ActivateAsync(VersionChange change, CancellationToken cancellationToken)
    {
        await DatabaseMigrations.ApplyAsync(database, cancellationToken);
        var switching = new VersionSwitch(database, settings, time);
        var activation = await switching.RunAsync(change, cancellationToken);
        await switching.DropRetiredAsync(settings.KeepGenerations, dryRun: false, cancellationToken);
        return activation;
    }

    public async Task<IReadOnlyList<string>> DropRetiredAsync(bool dryRun, CancellationToken cancellationToken)
    {
        await DatabaseMigrations.ApplyAsync(database, cancellationToken);
        return await new VersionSwitch(database, settings, time).DropRetiredAsync(settings.KeepGenerations, dryRun, cancellationToken);
    }

    public async Task<IReadOnlyList<ModelVersion>> ListVersionsAsync(CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        await using var command = database.CreateCommand("""
            select m.version, coalesce(m.model_path, ''), coalesce(m.embedding_dim, 0), coalesce(m.is_active, false),
              (select count(*) = 2 from two_tower.generation_tables t where t.version = m.version),
              m.created_at, m.activated_at, m.retired_at, m.activated_by, m.reason
            from public.embedding_model_versions m where m.model_type = 'two_tower' order by m.version desc
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var versions = new List<ModelVersion>();
        while (await reader.ReadAsync(cancellationToken))
        {
            versions.Add(new ModelVersion
            {
                Version = reader.GetString(0),
                ModelPath = reader.GetString(1),
                EmbeddingDim = reader.GetInt32(2),
                IsActive = reader.GetBoolean(3),
                IsLoaded = reader.GetBoolean(4),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(5),
                ActivatedAt = reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                RetiredAt = reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7),
                ActivatedBy = reader.IsDBNull(8) ? null : reader.GetString(8),
                Reason = reader.IsDBNull(9) ? null : reader.GetString(9),
            });
        }

        return versions;
    }

    public async Task<Activation?> FindLiveAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        await using var command = database.CreateCommand("""
            select version, previous_version, activated_at, activated_by, reason
            from public.embedding_model_activations where activated_at <= $1 order by activated_at desc, id desc limit 1
            """);
        command.Parameters.Add(new() { Value = at.ToUniversalTime() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null : new Activation
        {
            Version = reader.GetString(0),
            PreviousVersion = reader.IsDBNull(1) ? null : reader.GetString(1),
            ActivatedAt = reader.GetFieldValue<DateTimeOffset>(2),
            By = reader.GetString(3),
            Reason = reader.IsDBNull(4) ? null : reader.GetString(4),
        };
    }

    public async Task<IReadOnlyList<IndexedEmbeddings>> InspectAsync(
        string version, IEnumerable<string> videoIds, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        return await new GenerationCheck(database, version).RunAsync(videoIds, cancellationToken);
    }

    public async Task<RecommendationList> RecommendAsync(string userId, int count, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var known = await IsKnownAsync(connection, userId, cancellationToken);
        await using var live = new NpgsqlCommand("select two_tower.live_version()", connection);
        var version = await live.ExecuteScalarAsync(cancellationToken) as string;

        await using var command = new NpgsqlCommand("""
            select r.video_id, v.title, r.score, r.rank
            from public.recommend_videos($1, $2) r left join public.videos v on v.id = r.video_id order by r.rank
            """, connection) { Parameters = { new() { Value = userId }, new() { Value = count } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<Recommendation>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var title = reader.IsDBNull(1) ? null : reader.GetString(1);
            items.Add(new Recommendation(reader.GetGuid(0).ToString(), title, reader.GetDouble(2), reader.GetInt32(3)));
        }

        return new RecommendationList { UserId = userId, Version = version, Personal = known, Items = items };
    }

    public async Task<IReadOnlyList<string>> ListUsersAsync(int count, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await HasLiveTablesAsync(connection, cancellationToken))
            return [];

        await using var command = new NpgsqlCommand("select user_id from public.user_embeddings order by user_id collate \"C\" limit $1", connection)
        {
            Parameters = { new() { Value = count } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var users = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            users.Add(reader.GetString(0));
        return users;
    }

    public async Task<UserPayload?> ReadPayloadAsync(
        string userId, IReadOnlyList<string> positiveDecisions, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(userId, out var id))
            throw new PermanentStageException($"user {userId}: not a UUID, expected one as public.user_video_decisions has them, or a payload");
        await MigrateAsync(cancellationToken);
        await using var command = database.CreateCommand("select payload from public.user_embedding_features($1, $2, $3)");
        foreach (var value in new object[] { id, asOf.ToUniversalTime(), positiveDecisions.ToArray() })
            command.Parameters.Add(new() { Value = value });
        var payload = JsonSerializer.Deserialize<UserPayload>((string)(await command.ExecuteScalarAsync(cancellationToken))!)!;
        return payload with { UserId = userId };
    }

    public async Task StoreUserAsync(string version, EmbeddingRow user, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var known = await HasLiveTablesAsync(connection, cancellationToken);
        if (known)
        {
            await using var hold = new NpgsqlCommand("lock table public.user_embeddings in row exclusive mode", connection);
            await hold.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var live = new NpgsqlCommand("select two_tower.live_version()", connection);
        var found = await live.ExecuteScalarAsync(cancellationToken) as string;
        if (found is null || found != version || !known)
            throw new PermanentStageException($"user {user.Id}: embedded by version {version}, but {found ?? "no version"} is live");

        await using var command = new NpgsqlCommand("""
            insert into public.user_embeddings (user_id, embedding) values ($1, $2::text::vector)
            on conflict (user_id) do update set embedding = excluded.embedding
            """, connection) { Parameters = { new() { Value = user.Id }, new() { Value = VectorColumn.Text(user.Embedding.Span) } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Once in the life of a pool: readers ask before each answer.
    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        if (Migrated.TryGetValue(database, out _))
            return;
        await DatabaseMigrations.ApplyAsync(database, cancellationToken);
        Migrated.AddOrUpdate(database, Migrated);
    }

    private static async Task<bool> IsKnownAsync(NpgsqlConnection connection, string userId, CancellationToken cancellationToken)
    {
        if (!await HasLiveTablesAsync(connection, cancellationToken))
            return false;

        await using var command = new NpgsqlCommand("select exists (select from public.user_embeddings where user_id = $1)", connection)
        {
            Parameters = { new() { Value = userId } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<bool> HasLiveTablesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select to_regclass('public.user_embeddings') is not null", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
