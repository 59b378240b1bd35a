using System.Text.Json;
using Npgsql;
using Retraining.Export;
using Retraining.Postgres.Serving;
using Retraining.Postgres.Source;
using Retraining.Serving;
using Retraining.Source;
using Retraining.Tests.Export;
using Retraining.Tests.Postgres;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Publish;

/// <summary>Both functions of <c>samples/edge-function</c>, in Node, on a published version and a PostgreSQL in which it is live.</summary>
public sealed class EdgeFunctionTests : IAsyncLifetime, IDisposable
{
    private readonly PostgresFixture _postgres = new();
    private readonly string _store = Directory.CreateTempSubdirectory("retrain-edge-").FullName;

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    public void Dispose() => Directory.Delete(_store, recursive: true);

    [PostgresTheory]
    [InlineData("v2")]
    [InlineData("v3")]
    public async Task EdgeFunctions_LiveVersion_EmbedAsTheWeeklyRunAndFallBack(string features)
    {
        var asOf = await ServeAsync(features);

        using var document = JsonDocument.Parse(await NodeClient.ScriptAsync("serve.mjs", _store, Address(), asOf.ToString("O")));

        var report = document.RootElement;
        var refreshed = report.GetProperty("refreshed");
        Assert.Equal("[]", refreshed.GetProperty("failed").GetRawText());
        Assert.InRange(refreshed.GetProperty("difference").GetDouble(), 0, 1e-3); // a half has 11 bits
        Assert.Equal("""["current/manifest.json"]""", report.GetProperty("fromCurrent").GetRawText());

        string Text(string name) => report.GetProperty(name).ToString();
        int Status(string name) => report.GetProperty(name).GetProperty("status").GetInt32();
        string Items(string name) => report.GetProperty(name).GetProperty("items").GetRawText();
        Assert.Equal(
            (200, 503, 401, 503),
            (Status("updateWithStoreDown"), Status("updateAtColdStartWithStoreDown"), Status("updateOfNobody"),
                Status("updateOfAbsentVersion")));
        Assert.Contains("\"stored\":false", Text("storedForOtherVersion"), StringComparison.Ordinal);
        Assert.Equal((200, 200, 200, 400), (Status("personal"), Status("popular"), Status("searchDown"), Status("badK")));
        Assert.Equal(5, report.GetProperty("personal").GetProperty("items").GetArrayLength());
        Assert.NotEqual(Items("popular"), Items("personal"));
        Assert.Equal(Items("popular"), Items("searchDown"));
        Assert.Equal(Items("popular"), Items("signInDown"));
        Assert.Equal((TrainedRun.Version, TrainedRun.Version), (Text("currentAhead"), Text("currentBroken")));
        Assert.Contains("embedding_dim 16, expected 17", Text("otherWidth"), StringComparison.Ordinal);
        Assert.Contains(", expected 99", Text("otherSchema"), StringComparison.Ordinal);
        Assert.Contains("golden 0, embedding: 0.0", Text("otherGolden"), StringComparison.Ordinal);
        Assert.Contains("golden 0, features", Text("otherNormalizer"), StringComparison.Ordinal);
        Assert.Equal("1", Text("nativeSessions"));
    }

    /// <summary>Publishes a version to the store's folder and makes it live.</summary>
    /// <returns>The moment that its users' features count back from.</returns>
    private async Task<DateTimeOffset> ServeAsync(string features)
    {
        var data = Directory.CreateDirectory(Path.Combine(_store, "data")).FullName;
        var run = await TrainedRun.CreateAsync(features, folder => Copy(folder, data));
        await new PostgresLoader(_postgres.Database).LoadAsync(new FolderSource(data), replace: true);

        var set = await run.WriteManifestAsync();
        foreach (var folder in (string[])["current", TrainedRun.Version])
        {
            Directory.CreateDirectory(Path.Combine(_store, folder));
            foreach (var file in set.Files.Append(set.Manifest))
                await File.WriteAllBytesAsync(Path.Combine(_store, folder, file.Name), run.Work.Files[file.Path]);
        }

        await using var index = new PgVectorIndex(_postgres.Database, run.Settings.Serving, TimeProvider.System);
        await LoadAsync(EmbeddingKind.Videos, await run.EmbedVideosAsync());
        await LoadAsync(EmbeddingKind.Users, await run.EmbedUsersAsync());
        await index.ActivateAsync(new() { Version = TrainedRun.Version, By = "test", ModelPath = $"two-tower/v3/{TrainedRun.Version}/" }, default);
        return run.Data.Snapshot.AsOf;

        Task LoadAsync(EmbeddingKind kind, EmbeddingTable table) => new LoadEmbeddings(run.Work, _ => index).RunAsync(
            new(kind, TrainedRun.Version, table, run.Data.Snapshot, ["like", "swipe_like", "grid_like"], run.Settings.Serving), run.Context, default);
    }

    private static void Copy(string folder, string target)
    {
        foreach (var file in Directory.GetFiles(folder))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }

    private string Address()
    {
        var parts = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString);
        return $"postgresql://{parts.Username}:{Uri.EscapeDataString(parts.Password ?? "")}@{parts.Host}:{parts.Port}/{parts.Database}";
    }
}
