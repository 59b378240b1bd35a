using System.Text.Json;
using Npgsql;
using Retraining.Cli;
using Retraining.Tests.Host;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Cli;

/// <summary>A service that trains on pseudonyms: each user is found by the id that the service knows, and no such id is written beside them.</summary>
public sealed class PseudonymisedServiceTests : IAsyncLifetime, IDisposable
{
    private const string Key = "a key of sixteen bytes or more", StartKey = "start-key-0123456789abcdef";
    private const string Plain = "select count(*) from user_embeddings where user_id !~ '^[0-9a-f]{64}$'";

    private readonly CliFixture _cli = new();
    private readonly PostgresFixture _postgres = new();

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    public void Dispose() => _cli.Dispose();

    [PostgresFact]
    public async Task Serve_VersionOfPseudonyms_FindsUsersByTheirIdsAndWritesNone()
    {
        var user = await PublishAsync();
        _cli.Variables["RETRAIN_START_KEY"] = StartKey;
        using var stop = new CancellationTokenSource();
        await using var error = new WatchedWriter("Listening on ");
        var serving = RetrainProgram.RunAsync(["serve", "--url", "http://127.0.0.1:0"], new CliStreams(TextWriter.Null, error, Live: false), _cli.Variables, stop.Token);
        using var client = new HttpClient { BaseAddress = new Uri(await error.Found.WaitAsync(TimeSpan.FromMinutes(1))) };
        client.DefaultRequestHeaders.Add("x-functions-key", StartKey);

        var weekly = await client.GetJsonAsync($"/api/users/{user}/recommendations?k=20");
        await _postgres.ExecuteAsync("update user_embeddings set embedding = (select embedding from video_embeddings limit 1)");
        var refreshed = await (await client.PostAsync($"/api/users/{user.ToString().ToUpperInvariant()}/embedding", content: null)).JsonAsync();
        var fresh = await client.GetJsonAsync($"/api/users/{user.ToString().ToUpperInvariant()}/recommendations?k=20");
        await stop.CancelAsync();
        await serving;

        Assert.True(weekly.GetProperty("personal").GetBoolean());
        Assert.Equal(user.ToString(), refreshed.GetProperty("userId").GetString());
        Assert.Equal(weekly.GetRawText(), fresh.GetRawText());
        var decided = await _postgres.ScalarAsync<string[]>($"select array_agg(video_id::text) from user_video_decisions where user_id = '{user}'");
        Assert.Empty(VideosOf(weekly).Intersect(decided));
        Assert.Equal(0L, await _postgres.ScalarAsync<long>(Plain));
        Assert.Equal(120L, await _postgres.ScalarAsync<long>("select count(*) from user_embeddings"));
    }

    [PostgresFact]
    public async Task Recommend_VersionOfPseudonyms_NeedsTheKeyAndTheDatabaseTakesNoPlainId()
    {
        var user = await PublishAsync();

        var personal = await _cli.RunAsync("recommend", "--user", user.ToString());
        _cli.Variables["RETRAIN_PSEUDONYM_KEY"] = null;
        var popular = await _cli.RunAsync("recommend", "--user", user.ToString());
        var error = await Assert.ThrowsAsync<PostgresException>(() => _postgres.ExecuteAsync(
            $"select store_user_embedding('{user}', (select embedding::vector from user_embeddings limit 1), two_tower.live_version())"));

        Assert.Contains($"User {user} (version", personal.Out, StringComparison.Ordinal);
        Assert.Contains($"User {user} (unknown user", popular.Out, StringComparison.Ordinal);
        Assert.Contains("keeps its users under pseudonyms", error.MessageText, StringComparison.Ordinal);
        Assert.DoesNotContain(user.ToString(), error.MessageText, StringComparison.Ordinal);
        Assert.Equal(0L, await _postgres.ScalarAsync<long>(Plain));
    }

    /// <returns>A user with likes.</returns>
    private async Task<Guid> PublishAsync()
    {
        _cli.Variables["DATABASE_URL"] = _postgres.ConnectionString;
        _cli.Variables["TwoTower__Source__Kind"] = "postgres";
        _cli.Variables["TwoTower__Serving__Kind"] = "pgvector";
        _cli.Variables["RETRAIN_PSEUDONYM_KEY"] = Key;
        // The model that training starts from reads likes alone, not how long ago they were: a user embedded now is where the run put them.
        _cli.Variables["TwoTower__Training__Epochs"] = "0";
        Assert.Equal(0, (await _cli.RunAsync("sync", "--data", await _cli.SampleAsync())).Code);
        var run = await _cli.RunAsync("run", "--set", "source.pseudonymise_users=true", "--set", "gate.min_over_popularity=0");
        Assert.True(run.Code == 0, run.Error + run.Out);
        return await _postgres.ScalarAsync<Guid>(
            "select user_id from user_video_decisions where decision_type = 'like' group by user_id order by count(*) desc, user_id limit 1");
    }

    private static IEnumerable<string> VideosOf(JsonElement list) =>
        list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("videoId").GetString()!);
}
