using System.Globalization;
using Retraining.Export;
using Retraining.Postgres.Serving;
using Retraining.Publish;
using Retraining.Serving;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Export;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Postgres.Serving;

/// <summary>A version as published, in a database that holds something else of it: each fault is found and named, live or not.</summary>
public sealed class IndexVerificationTests : IAsyncLifetime
{
    private const string Schema = $"two_tower_{TrainedRun.Version}";

    private readonly ServedDatabase _database = new();
    private readonly MemoryArtifactStore _store = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [PostgresFact]
    public async Task RunAsync_IndexThatHoldsSomethingElse_NamesEachFault()
    {
        await using var index = await LoadAsync();
        Assert.Empty((await VerifyAsync(index)).Faults);
        await _database.ExecuteAsync(
            $"create table kept as table {Schema}.video_embeddings; create table kept_users as table {Schema}.user_embeddings");
        const string Last = "(select max(video_id::text)::uuid from kept)";
        foreach (var (spoil, expected) in new[]
        {
            ($"delete from {{0}}.video_embeddings where video_id = {Last}", "counts: 89 Videos in the index, expected 90"),
            ("insert into {0}.video_embeddings select gen_random_uuid(), embedding from kept limit 1", "counts: 91 Videos in the index, expected 90"),
            ("delete from {0}.user_embeddings where user_id = (select min(user_id) from kept_users)", "counts: 59 Users in the index, expected 60"),
            ($"update {{0}}.video_embeddings set embedding = (select embedding from kept_users limit 1) where video_id = {Last}",
                "index-vectors: video "),
            ($"update {{0}}.video_embeddings v set embedding = o.embedding from kept o where o.video_id = {Last}", "index-vectors: video "),
            ("alter table {0}.video_embeddings alter embedding type halfvec(8) using subvector(embedding::vector, 1, 8)::halfvec(8)",
                "counts: Videos are 8 wide in the index, expected 16"),
        })
        {
            await _database.ExecuteAsync(string.Format(CultureInfo.InvariantCulture, spoil, Schema));
            var faults = string.Join('\n', (await VerifyAsync(index)).Faults);
            Assert.True($"\n{faults}".Contains($"\n{expected}", StringComparison.Ordinal), $"{spoil}: {faults}, expected {expected}");
            await _database.ExecuteAsync($"""
                truncate {Schema}.video_embeddings, {Schema}.user_embeddings;
                alter table {Schema}.video_embeddings alter embedding type halfvec(16);
                insert into {Schema}.video_embeddings table kept; insert into {Schema}.user_embeddings table kept_users
                """);
        }

        Assert.Empty((await VerifyAsync(index)).Faults);
    }

    [PostgresFact]
    public async Task RunAsync_IndexThatMissesNeighbours_TellsItsRecall()
    {
        await using var index = await LoadAsync();
        // Lists made of nothing, of which one is looked at.
        await _database.ExecuteAsync($"""
            drop index {Schema}.idx_video_embeddings_cosine;
            create table kept as table {Schema}.video_embeddings; truncate {Schema}.video_embeddings;
            set client_min_messages = error;
            create index idx_video_embeddings_cosine on {Schema}.video_embeddings using ivfflat (embedding halfvec_cosine_ops) with (lists = 30);
            insert into {Schema}.video_embeddings table kept;
            alter function two_tower.ann_recall set ivfflat.probes = 1
            """);

        var fault = Assert.Single((await VerifyAsync(index)).Faults);

        Assert.Matches(@"^ann-recall: Videos 0\.\d{3} of the exact top 10, expected at least 0\.900$", fault);
    }

    [PostgresFact]
    public async Task RunAsync_LiveVersion_IsHeldAgainstTheTablesThatReadersSee()
    {
        await using var index = await LoadAsync();
        await index.ActivateAsync(new() { Version = TrainedRun.Version, By = "test", ModelPath = $"two-tower/v3/{TrainedRun.Version}/" }, default);
        await index.StoreUserAsync(TrainedRun.Version, new EmbeddingRow("fresh", Enumerable.Repeat(0.25f, 16).ToArray()), default);
        Assert.Empty((await VerifyAsync(index)).Faults); // a user may have been embedded since

        await _database.ExecuteAsync("delete from public.video_embeddings where video_id = (select video_id from public.video_embeddings limit 1)");

        Assert.Equal("counts: 89 Videos in the index, expected 90", (await VerifyAsync(index)).Faults.First());
    }

    private Task<VerificationReport> VerifyAsync(PgVectorIndex index) =>
        new VersionVerifier(_store, new(), index, minAnnRecall: 0.9).RunAsync(TrainedRun.Version, default);

    /// <summary>Publishes a version and loads it beside what is live.</summary>
    private async Task<PgVectorIndex> LoadAsync()
    {
        var run = await TrainedRun.CreateAsync();
        await new PublishVersion(run.Work, _ => _store).RunAsync(new(await run.WriteManifestAsync(), new()), run.Context, default);
        var index = _database.Open();
        await LoadAsync(EmbeddingKind.Videos, await run.EmbedVideosAsync());
        await LoadAsync(EmbeddingKind.Users, await run.EmbedUsersAsync());
        return index;

        Task LoadAsync(EmbeddingKind kind, EmbeddingTable table) => new LoadEmbeddings(run.Work, _ => index).RunAsync(
            new(kind, TrainedRun.Version, table, run.Data.Snapshot, ["like"], new()), run.Context, default);
    }
}
