using Retraining.Postgres.Serving;
using Retraining.Serving;
using Retraining.Tests.Servers;
using Retraining.Tests.Serving;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>A database with the service's rows of <see cref="Generations.Snapshot"/>, and an index in it.</summary>
internal sealed class ServedDatabase
{
    private readonly PostgresFixture _postgres = new();

    public FakeTime Time { get; } = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        if (LocalServer.Postgres.Reason is not null)
            return;

        await _postgres.ExecuteAsync("""
            create table videos (id uuid primary key, title text, is_active boolean default true);
            create table user_video_decisions (user_id uuid, video_id uuid, decision_type text, created_at timestamptz);
            """);
        for (var i = 0; i < Generations.Videos; i++)
            await _postgres.ExecuteAsync($"insert into videos values ('{Generations.VideoId(i)}', 'Title {i}', {(i == 2 ? "false" : "true")})");
        await _postgres.ExecuteAsync($"""
            insert into user_video_decisions values
              ('{Generations.Ann}', '{Generations.VideoId(0)}', 'nope', '2026-01-01'), ('{Generations.Ann}', '{Generations.VideoId(1)}', 'nope', '2026-01-01'),
              ('{Generations.Bob}', '{Generations.VideoId(5)}', 'like', '2026-01-01')
            """);
    }

    public Task DisposeAsync() => _postgres.DisposeAsync();

    public Task ExecuteAsync(string sql) => _postgres.ExecuteAsync(sql);

    public Task<T> ScalarAsync<T>(string sql) => _postgres.ScalarAsync<T>(sql);

    public PostgresFixture Postgres => _postgres;

    public string ConnectionString => _postgres.ConnectionString;

    public Npgsql.NpgsqlDataSource Pool => _postgres.Database;

    public PgVectorIndex Open(ServingSettings? settings = null) => new(_postgres.Database, settings ?? new ServingSettings(), Time);

    /// <summary>An index in which <see cref="Generations.First"/> is live.</summary>
    public async Task<PgVectorIndex> ServeAsync()
    {
        var index = Open();
        await Generations.LoadBothAsync(index, Generations.First);
        await index.ActivateAsync(Generations.Change(Generations.First), CancellationToken.None);
        return index;
    }
}
