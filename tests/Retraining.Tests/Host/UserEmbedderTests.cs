using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Host.Models;
using Retraining.Publish;
using Retraining.Serving;
using Retraining.Tests.Export;

namespace Retraining.Tests.Host;

public sealed class UserEmbedderTests
{
    private static readonly IndexedUserIds NoKey = new(() => null);

    private readonly FakeTime _time = new(HostFixture.Start);

    [Fact]
    public async Task Refresh_GoldenPayload_StoresTheGoldenEmbeddingUnderTheLiveVersion()
    {
        var run = await PublishedRunAsync();
        var index = Index(TrainedRun.Version);
        using var embedder = new UserEmbedder(_ => index, _ => run.Published, _ => run.Settings, NoKey, _time);
        var golden = await GoldenAsync(run);
        _time.Now = golden.GetProperty("as_of").GetDateTimeOffset();

        var version = await embedder.RefreshAsync("golden-1", golden.GetProperty("payload").Deserialize<UserPayload>()!, default);

        Assert.Equal(TrainedRun.Version, version);
        var (storedVersion, id, embedding) = Assert.Single(index.Stored);
        Assert.Equal((TrainedRun.Version, "golden-1"), (storedVersion, id));
        var expected = golden.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        Assert.Equal(expected.Length, embedding.Length);
        Assert.All(expected.Zip(embedding), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public async Task Refresh_NoPayload_ReadsTheNewestDecisionsOrSaysThatThereAreNone()
    {
        var run = await PublishedRunAsync();
        var index = Index(TrainedRun.Version);
        using var embedder = new UserEmbedder(_ => index, _ => run.Published, _ => run.Settings, NoKey, _time);
        index.Payloads.Add("user-1", new UserPayload { UserId = "user-1" });

        await embedder.RefreshAsync("user-1", null, default);
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => embedder.RefreshAsync("user-2", null, default));

        Assert.Equal("user-1", Assert.Single(index.Stored).UserId);
        Assert.Equal("no body, and memory has no decisions to read, expected the user's payload as the body", error.Message);
    }

    [Fact]
    public async Task Refresh_ManyAtOnceWhileVersionsChange_AllEmbedByTheLiveOne()
    {
        const string Other = "20260608_000000";
        var run = await PublishedRunAsync();
        foreach (var path in await run.Published.ListAsync($"{run.Settings.Publish.Prefix}/{TrainedRun.Version}/", default))
            run.Published.Files[path.Replace(TrainedRun.Version, Other, StringComparison.Ordinal)] = run.Published.Files[path];
        var indexes = new[] { Index(TrainedRun.Version), Index(Other) };
        var turn = 0;
        using var embedder = new UserEmbedder(_ => indexes[Interlocked.Increment(ref turn) / 5 % 2], _ => run.Published, _ => run.Settings, NoKey, _time);

        var versions = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => embedder.RefreshAsync($"user-{i}", new UserPayload { UserId = $"user-{i}" }, default))));

        Assert.Equal([TrainedRun.Version, Other], versions.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Refresh_VersionOfPseudonyms_StoresUnderThatOfTheSyncsKey()
    {
        const string Key = "a key of sixteen bytes or more";
        var run = await PublishedRunAsync();
        var index = Index(TrainedRun.Version);
        index.PseudonymisedUsers = true;
        using var embedder = new UserEmbedder(_ => index, _ => run.Published, _ => run.Settings, new IndexedUserIds(() => Key), _time);

        await embedder.RefreshAsync("user-1", new UserPayload { UserId = "user-1" }, default);

        var pseudonym = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), "user-1"u8));
        Assert.Equal(pseudonym, Assert.Single(index.Stored).UserId);
    }

    [Theory]
    [InlineData(null, "no key to tell them by")]
    [InlineData("short", "has 5 bytes, expected 16 or more")]
    public async Task Refresh_VersionOfPseudonymsWithoutTheKey_StoresNothing(string? key, string expected)
    {
        var run = await PublishedRunAsync();
        var index = Index(TrainedRun.Version);
        index.PseudonymisedUsers = true;
        using var embedder = new UserEmbedder(_ => index, _ => run.Published, _ => run.Settings, new IndexedUserIds(() => key), _time);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => embedder.RefreshAsync("user-1", new UserPayload { UserId = "user-1" }, default));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(index.Stored);
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, "embedded by version")]
    public async Task Refresh_VersionChangesMeanwhile_EmbedsAgainSomeTimes(int switches, string? expected)
    {
        var run = await PublishedRunAsync();
        var index = Index(TrainedRun.Version);
        index.Switches = switches;
        using var embedder = new UserEmbedder(_ => index, _ => run.Published, _ => run.Settings, NoKey, _time);

        var error = await Record.ExceptionAsync(() => embedder.RefreshAsync("user-1", new UserPayload { UserId = "user-1" }, default));

        Assert.Equal(expected is null ? 1 : 0, index.Stored.Count);
        Assert.Equal(expected is null, error is null);
        Assert.Contains(expected ?? "", error?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_NothingLive_SaysSo()
    {
        using var embedder = new UserEmbedder(_ => Index(live: null), _ => throw new NotSupportedException(), _ => new(), NoKey, _time);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => embedder.RefreshAsync("user-1", new UserPayload { UserId = "user-1" }, default));

        Assert.Contains("no version is live", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_LiveVersionWithoutItsFiles_NamesTheMissingOne()
    {
        var run = await PublishedRunAsync();
        var path = $"{run.Settings.Publish.Prefix}/{TrainedRun.Version}/user_tower.onnx";
        await run.Published.DeleteAsync(path, default);
        using var embedder = new UserEmbedder(_ => Index(TrainedRun.Version), _ => run.Published, _ => run.Settings, NoKey, _time);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => embedder.RefreshAsync("user-1", new UserPayload { UserId = "user-1" }, default));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"embedding_dim\": 16", "\"embedding_dim\": 17", "user_tower.onnx: embeddings of 16, expected 17 by its feature schema")]
    [InlineData("\"size\": 168,", "\"size\": 167,", "add up to")]
    public async Task Refresh_SchemaOfOtherWidths_IsRefused(string there, string instead, string expected)
    {
        var run = await PublishedRunAsync();
        var path = $"{run.Settings.Publish.Prefix}/{TrainedRun.Version}/feature_schema.json";
        var schema = Encoding.UTF8.GetString(run.Published.Files[path]);
        Assert.Contains(there, schema, StringComparison.Ordinal);
        run.Published.Files[path] = Encoding.UTF8.GetBytes(schema.Replace(there, instead, StringComparison.Ordinal));
        using var embedder = new UserEmbedder(_ => Index(TrainedRun.Version), _ => run.Published, _ => run.Settings, NoKey, _time);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => embedder.RefreshAsync("user-1", new UserPayload { UserId = "user-1" }, default));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static async Task<TrainedRun> PublishedRunAsync()
    {
        var run = await TrainedRun.CreateAsync();
        var artifacts = await run.WriteManifestAsync();
        await new PublishVersion(run.Work, _ => run.Published).RunAsync(new(artifacts, run.Settings.Publish), run.Context, default);
        return run;
    }

    private static async Task<JsonElement> GoldenAsync(TrainedRun run)
    {
        await using var stream = await run.Published.OpenReadAsync($"{run.Settings.Publish.Prefix}/{TrainedRun.Version}/golden.json", default);
        return (await JsonDocument.ParseAsync(stream)).RootElement.GetProperty("users")[0];
    }

    private InMemoryIndex Index(string? live)
    {
        var index = new InMemoryIndex(_time);
        if (live is not null)
        {
            index.Versions.Add(new ModelVersion
            {
                Version = live,
                ModelPath = $"two-tower/v3/{live}/",
                EmbeddingDim = 16,
                IsActive = true,
                IsLoaded = true,
                CreatedAt = HostFixture.Start,
            });
        }

        return index;
    }
}
