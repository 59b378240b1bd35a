using System.Runtime.CompilerServices;
using Npgsql;
using Retraining.Features;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>Generations in PostgreSQL with pgvector. Readers use <c>public.video_embeddings</c> and <c>public.user_embeddings</c>.</summary>
/// <param name="database">Stays open: it belongs to the caller.</param>
public sealed class PgVectorIndex(NpgsqlDataSource database, ServingSettings settings, TimeProvider time) : IVectorIndex
{
    private static readonly ConditionalWeakTable<NpgsqlDataSource, object> Migrated = [];

    private readonly ServedUsers _users = new(database);

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
        await DatabaseMigrations.ApplyServingTablesAsync(database, cancellationToken);
        return await new GenerationLoad(database, settings, time, load).RunAsync(cancellationToken);
    }

    public async Task<Activation> ActivateAsync(VersionChange change, CancellationToken cancellationToken)
    {
        await DatabaseMigrations.ApplyServingTablesAsync(database, cancellationToken);
        var switching = new VersionSwitch(database, settings, time);
        var activation = await switching.RunAsync(change, cancellationToken);
        await switching.DropRetiredAsync(settings.KeepGenerations, dryRun: false, cancellationToken);
        return activation;
    }

    public async Task<IReadOnlyList<string>> DropRetiredAsync(bool dryRun, CancellationToken cancellationToken)
    {
        await DatabaseMigrations.ApplyServingTablesAsync(database, cancellationToken);
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

    public async Task<RecommendationList> RecommendAsync(string userId, string? pseudonym, int count, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        return await _users.RecommendAsync(userId, pseudonym, count, cancellationToken);
    }

    public async Task<IReadOnlyList<string>> ListUsersAsync(int count, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        return await _users.ListAsync(count, cancellationToken);
    }

    public async Task<ServedVersion?> FindServedAsync(CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        return await _users.FindServedAsync(cancellationToken);
    }

    public async Task<(ServedVersion? Served, UserPayload? Payload)> ReadUserAsync(
        string userId, IReadOnlyList<string> positiveDecisions, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        return await _users.ReadAsync(userId, positiveDecisions, asOf, cancellationToken);
    }

    public async Task<string?> StoreUserAsync(string version, EmbeddingRow user, CancellationToken cancellationToken)
    {
        await MigrateAsync(cancellationToken);
        return await _users.StoreAsync(version, user, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Once in the life of a pool: readers ask before each answer.
    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        if (Migrated.TryGetValue(database, out _))
            return;
        await DatabaseMigrations.ApplyServingTablesAsync(database, cancellationToken);
        Migrated.AddOrUpdate(database, Migrated);
    }
}
