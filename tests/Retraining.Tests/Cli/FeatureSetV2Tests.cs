using System.Text.Json;
using Retraining.Tests.Documentation;
using Retraining.Tests.Publish;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Cli;

/// <summary><c>config/v2.yaml</c>, from the service's tables to a client that knows only the published files.</summary>
public sealed class FeatureSetV2Tests : IAsyncLifetime, IDisposable
{
    private readonly CliFixture _cli = new();
    private readonly PostgresFixture _postgres = new();

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    public void Dispose() => _cli.Dispose();

    [PostgresFact]
    public async Task Run_FileOfV2_ServesVectorsOf256ThatAClientRebuildsFromTheSchemaAlone()
    {
        _cli.Variables["DATABASE_URL"] = _postgres.ConnectionString;
        _cli.Variables["TwoTower__Source__Kind"] = "postgres";
        _cli.Variables["TwoTower__Serving__Kind"] = "pgvector";
        var file = Path.Combine(RepositoryFolder.Path, "config", "v2.yaml");
        Assert.Equal(0, (await _cli.RunAsync("sync", "--data", await _cli.SampleAsync())).Code);

        var run = await _cli.RunAsync("run", "--config", file, "--set", "gate.min_over_popularity=0");

        Assert.True(run.Code == 0, run.Error + run.Out);
        var current = Path.Combine(_cli.PathOf("model-artifacts"), "two-tower", "v3", "current");
        using var schema = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(current, "feature_schema.json")));
        Assert.Equal(
            ["numeric", "hour_of_day", "tag_vector", "actress_vector"],
            schema.RootElement.GetProperty("segments").EnumerateArray().Select(segment => segment.GetProperty("name").GetString()));
        Assert.Equal(
            ("v2", 2, 256),
            (schema.RootElement.GetProperty("version").GetString(), schema.RootElement.GetProperty("input_schema_version").GetInt32(),
                schema.RootElement.GetProperty("embedding_dim").GetInt32()));
        foreach (var table in (string[])["video_embeddings", "user_embeddings"])
        {
            Assert.Equal("vector(256)", await _postgres.ScalarAsync<string>(
                $"""
                select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'public.{table}'::regclass and attname = 'embedding'
                """));
        }

        using var client = JsonDocument.Parse(await NodeClient.CheckAsync(current));
        Assert.Equal(5, client.RootElement.GetProperty("user").GetProperty("cases").GetInt32());
    }
}
