using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Supabase.Source;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Postgres;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Supabase;

public sealed class SupabaseSourceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly InstantTime _time = new();
    private RestServer? _server;

    private RestServer Server => _server!;

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is not null)
            return;
        await postgres.ExecuteAsync("drop schema if exists two_tower cascade; drop schema public cascade; create schema public");
        _server = await RestServer.StartAsync(postgres.Database);
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [PostgresFact]
    public async Task Sync_OverRest_GivesTheSnapshotOfTheDatabaseItself()
    {
        await LoadSampleAsync();
        var expected = await new SyncRun().FromAsync(new PostgresSource(postgres.Database));

        Server.MaxRows = 70; // less than a page, and no divisor of any table's rows
        var snapshot = await new SyncRun().FromAsync(Source(pageSize: 100));

        Assert.Equal(0, snapshot.QuarantinedCount);
        Assert.Equal(expected.Hash, snapshot.Hash);
    }

    [PostgresFact]
    public async Task Sync_OnePagePerRow_LosesAndRepeatsNothing()
    {
        await LoadSampleAsync(users: 10, videos: 40, decisions: 90);
        var expected = await new SyncRun().FromAsync(new PostgresSource(postgres.Database));
        Assert.Equal(expected.Hash, (await new SyncRun().FromAsync(Source(pageSize: 1))).Hash);
    }

    [PostgresTheory]
    [InlineData("real[]")]   // PostgREST gives an array of numbers
    [InlineData("vector(3)")] // and this one as text
    public async Task Sync_VideosWithVectors_GivesThemAsTheDatabaseItself(string type)
    {
        await LoadSampleAsync(users: 10, videos: 40, decisions: 90);
        await postgres.ExecuteAsync(
            "create extension if not exists vector; alter table videos drop column text_vector; "
            + $"alter table videos add column text_vector {type}; "
            + $"update videos set text_vector = array[0.1, -2, price]::real[]::{type} where price is not null");
        var run = new SyncRun();
        var expected = await run.FromAsync(new PostgresSource(postgres.Database));

        Assert.Equal(3, (await run.ReportAsync(expected)).Vectors!["text_vector"].Width);
        Assert.Equal(expected.Hash, (await new SyncRun().FromAsync(Source(pageSize: 7))).Hash);
    }

    [PostgresFact]
    public async Task Sync_NamesById_AreTheSameAsNamesBeside()
    {
        await LoadSampleAsync();
        var expected = await new SyncRun().FromAsync(Source());
        await postgres.ExecuteAsync(
            """
            create table tags (id int generated always as identity primary key, name text);
            insert into tags (name) select distinct tag_name from video_tags;
            alter table video_tags rename to old_tags;
            create table video_tags as select o.video_id, t.id as tag_id from old_tags o join tags t on t.name = o.tag_name;
            """);

        Assert.Equal(expected.Hash, (await new SyncRun().FromAsync(Source(pageSize: 37))).Hash);
    }

    [PostgresFact]
    public async Task Read_ManyRowsOfOneKey_PagesThroughThem()
    {
        await DecisionsAsync("insert into user_video_decisions select 'u1', 'v1', 'like', timestamptz '2026-01-01' + i * interval '1 second' from generate_series(1, 25) i; "
            + "insert into user_video_decisions select 'u' || i, 'v,\"(x)\\', 'like', '2026-01-01' from generate_series(2, 9) i");
        await using var source = Source(pageSize: 10);
        var rows = await source.ReadDecisionsAsync(default).ToArrayAsync();

        Assert.Equal(33, rows.Length);
        Assert.Equal(25 + 8, rows.Select(row => (row.Value!.UserId, row.Value.CreatedAt)).Distinct().Count());
        Assert.All(rows[25..], row => Assert.Equal("v,\"(x)\\", row.Value!.VideoId));
    }

    [PostgresFact]
    public async Task Read_RowsThatVanishWhilePaging_CostNoOther()
    {
        await DecisionsAsync("insert into user_video_decisions select 'u' || lpad(i::text, 3, '0'), 'v1', 'like', '2026-01-01' from generate_series(1, 30) i");
        Server.Intercept = async (context, _) =>
        {
            if (context.Request.QueryString.Value!.Contains("or=%28user_id.gt", StringComparison.Ordinal))
                await postgres.ExecuteAsync("delete from user_video_decisions where user_id < 'u006'");
            return false;
        };
        await using var source = Source(pageSize: 10);
        Assert.Equal(30, await source.ReadDecisionsAsync(default).CountAsync());
    }

    [PostgresFact]
    public async Task Read_RowsWithoutAKey_AreCountedAsFaulty()
    {
        await DecisionsAsync("insert into user_video_decisions values ('u1', null, 'like', '2026-01-01'), (null, 'v1', 'like', '2026-01-01'), ('u1', 'v1', 'like', null), ('u1', 'v1', 'like', '2026-01-01')");
        await using var source = Source(pageSize: 1);
        var rows = await source.ReadDecisionsAsync(default).ToArrayAsync();
        Assert.Equal(["created_at", "user_id", "video_id"], rows.Select(row => row.Fault?.Field).OfType<string>().Order(StringComparer.Ordinal));
        Assert.Equal(4, rows.Length);
    }

    [PostgresTheory]
    [InlineData("videos", "id")]
    [InlineData("profiles", "user_id")]
    public async Task Sync_RowOfAViewWithoutAKey_IsPutAside(string table, string field)
    {
        await LoadSampleAsync(users: 10, videos: 40, decisions: 90);
        await postgres.ExecuteAsync($"alter table {table} rename to stored; create view {table} as select * from stored union all select (jsonb_populate_record(null::stored, '{{}}')).*");
        var run = new SyncRun();
        var snapshot = await run.FromAsync(Source(pageSize: 7));
        Assert.Equal(1, snapshot.QuarantinedCount);
        Assert.Contains($"\"file\":\"{table}\",\"row\":{(table == "videos" ? 41 : 11)},\"field\":\"{field}\",\"found\":\"nothing\"", Assert.Single(run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Read_LaterPages_BeginInTheIndex()
    {
        await DecisionsAsync("insert into user_video_decisions select 'u' || lpad(i::text, 5, '0'), 'v1', 'like', '2026-01-01' from generate_series(1, 3000) i; "
            + "create index on user_video_decisions (user_id, video_id); analyze user_video_decisions");
        await using var source = Source(pageSize: 100);
        Assert.Equal(3000, await source.ReadDecisionsAsync(default).CountAsync());

        var pages = Server.Requests.Where(request => request.Contains("order=user_id", StringComparison.Ordinal)).ToArray();
        Assert.All(pages[1..], page => Assert.Contains("user_id=gte.u", page, StringComparison.Ordinal));
        var query = new QueryCollection(QueryHelpers.ParseQuery(pages[9][pages[9].IndexOf('?', StringComparison.Ordinal)..]));
        var plan = await postgres.ScalarAsync<string>($"explain (format json) {RestSql.Of("user_video_decisions", query)} limit 100");
        Assert.Matches("\"Index Cond\": \"[^\"]*user_id >= 'u0", plan);
    }

    [PostgresFact]
    public async Task Read_NoTagsAndEmptyTables_AreNoError()
    {
        await postgres.ExecuteAsync("create table profiles (user_id uuid); create table videos (id int, title text, price numeric); insert into videos values (1, 'One', 'NaN'), (2, 'Two', 5); create table user_video_decisions (user_id uuid)");
        await using var source = Source();
        Assert.Empty(await source.ReadProfilesAsync(default).ToArrayAsync());
        var videos = await source.ReadVideosAsync(default).ToArrayAsync();
        Assert.Equal(["1", "2"], videos.Select(row => row.Value!.Id));
        Assert.Empty(videos[0].Value!.Tags);
        var select = Server.Requests.Single(request => request.Contains("order=id.asc", StringComparison.Ordinal) && !request.Contains("id=gte", StringComparison.Ordinal));
        Assert.StartsWith("/rest/v1/videos?select=id,title,price&", select, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Load_FromRest_FillsAnotherDatabase()
    {
        await LoadSampleAsync();
        var expected = await new SyncRun().FromAsync(new PostgresSource(postgres.Database));
        var local = new PostgresFixture();
        await local.InitializeAsync();
        try
        {
            await using (var source = Source(pageSize: 100))
            {
                var loaded = await new PostgresLoader(local.Database).LoadAsync(source, replace: true);
                Assert.Equal(loaded.Read, loaded.Loaded);
            }

            Assert.Equal(expected.Hash, (await new SyncRun().FromAsync(new PostgresSource(local.Database))).Hash);
        }
        finally
        {
            await local.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task Read_BatchFunctions_GiveVideosAndProfiles()
    {
        await LoadSampleAsync();
        await BatchFunctions.CreateAsync(postgres);
        Server.MaxRows = 40; // fewer than are asked for
        await using var tables = Source();
        await using var functions = Source(pageSize: 60, useRpc: true);

        var expected = await tables.ReadVideosAsync(default).Select(row => row.Value!).ToArrayAsync();
        var videos = await functions.ReadVideosAsync(default).Select(row => row.Value!).ToArrayAsync();
        Assert.Equal(expected.Select(Known), videos.Select(Known));
        Assert.Equal(
            await tables.ReadProfilesAsync(default).Select(row => (row.Value!.UserId, row.Value.CreatedAt)).ToArrayAsync(),
            await functions.ReadProfilesAsync(default).Select(row => (row.Value!.UserId, row.Value.CreatedAt)).ToArrayAsync());

        static string Known(Video video) => $"{video.Id} {video.Price} {video.DurationSeconds} {video.ProductReleasedAt} {video.SafetyLevel} "
            + $"{string.Join(',', video.RegionCodes)} {string.Join(',', video.Tags)} {string.Join(',', video.Performers)}";
    }

    [PostgresFact]
    public async Task Read_BatchFunctionsThatAreNotThere_AreNamed()
    {
        await DecisionsAsync("");
        await using var source = Source(useRpc: true);
        var error = await Assert.ThrowsAsync<Execution.PermanentStageException>(async () => await source.ReadVideosAsync(default).CountAsync());
        Assert.Contains("_embedding_feature_batch: refused with 404", error.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Read_DatabaseThatStopsLargePages_GetsSmallerOnes()
    {
        await DecisionsAsync("insert into user_video_decisions select 'u' || lpad(i::text, 3, '0'), 'v1', 'like', '2026-01-01' from generate_series(1, 30) i");
        Server.Intercept = async (context, _) =>
        {
            var limit = int.Parse(context.Request.Query["limit"].Single()!, System.Globalization.CultureInfo.InvariantCulture);
            if (limit > 7)
                await RestServer.FailAsync(context, 500, "57014", "canceling statement due to statement timeout");
            return limit > 7;
        };
        await using var source = Source(pageSize: 100);
        Assert.Equal(30, await source.ReadDecisionsAsync(default).Select(row => row.Value!.UserId).Distinct().CountAsync());
        Assert.Empty(_time.Waits);
        Assert.InRange(Server.Requests.Count(request => request.Contains("order=user_id", StringComparison.Ordinal) && !request.EndsWith("limit=6", StringComparison.Ordinal) && !request.Contains("limit=6&", StringComparison.Ordinal)), 0, 2);
    }

    [PostgresFact]
    public async Task Read_DatabaseThatStopsEveryPage_MayBeTriedAgainLater()
    {
        await DecisionsAsync("insert into user_video_decisions values ('u', 'v', 'like', '2026-01-01')");
        Server.Intercept = async (context, _) =>
        {
            var isPage = context.Request.QueryString.Value!.Contains("order=", StringComparison.Ordinal);
            if (isPage)
                await RestServer.FailAsync(context, 500, "57014", "canceling statement due to statement timeout");
            return isPage;
        };
        await using var source = Source(pageSize: 100);
        var error = await Assert.ThrowsAsync<IOException>(async () => await source.ReadDecisionsAsync(default).CountAsync());
        Assert.Contains("user_video_decisions: even a page of 1 row is too large (500", error.Message, StringComparison.Ordinal);
    }

    private SupabaseSource Source(int pageSize = 1000, bool useRpc = false) =>
        new(new SupabaseClient(Server.Project(), _time), new() { PageSize = pageSize, UseRpc = useRpc }, new SourceContext(new SyncRun().Context, new MemoryArtifactStore()));

    private async Task LoadSampleAsync(int users = 50, int videos = 150, int decisions = 900)
    {
        using var folder = new SourceFolder();
        await SampleGenerator.WriteAsync(folder.Path, new SampleSettings { Users = users, Videos = videos, Decisions = decisions }, CancellationToken.None);
        await using var source = new FolderSource(folder.Path);
        await new PostgresLoader(postgres.Database).LoadAsync(source, replace: true);
    }

    private Task DecisionsAsync(string sql) =>
        postgres.ExecuteAsync($"create table profiles (user_id text); create table videos (id text); create table user_video_decisions (user_id text, video_id text, decision_type text, created_at timestamptz); {sql}");
}
