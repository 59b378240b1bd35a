using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Supabase.Source;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Supabase;

/// <summary>Syncs over REST that build on what earlier ones kept.</summary>
public sealed class IncrementalSyncTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Tables =
        """
        create table profiles (user_id text primary key, display_name text, created_at timestamptz, updated_at timestamptz default '2026-01-01');
        create table videos (id text primary key, title text, updated_at timestamptz default '2026-01-01');
        create table video_tags (video_id text, tag_name text, created_at timestamptz default '2026-01-01', primary key (video_id, tag_name));
        create table user_video_decisions (user_id text, video_id text, decision_type text, created_at timestamptz, updated_at timestamptz default '2026-01-01',
          primary key (user_id, video_id));
        insert into profiles values ('u1', 'One', '2025-01-01'), ('u2', 'Two', '2025-01-01'), ('u3', 'Three', '2025-01-01');
        insert into videos values ('v1', 'One'), ('v2', 'Two'), ('v3', 'Three');
        insert into video_tags values ('v1', 'a'), ('v1', 'b'), ('v2', 'a');
        insert into user_video_decisions select 'u' || u, 'v' || v, 'like', '2026-01-01' from generate_series(1, 3) u, generate_series(1, 3) v;
        """;

    private readonly MemoryArtifactStore _store = new();
    private readonly InstantTime _time = new();
    private RestServer? _server;

    private RestServer Server => _server!;

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is not null)
            return;
        await postgres.ExecuteAsync("drop schema if exists two_tower cascade; drop schema public cascade; create schema public; " + Tables);
        _server = await RestServer.StartAsync(postgres.Database);
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [PostgresFact]
    public async Task Sync_RowsThatChanged_FetchesOnlyThem()
    {
        await SyncAsync("r1");
        await postgres.ExecuteAsync(
            """
            update videos set title = 'New', updated_at = '2026-02-01' where id = 'v2'; insert into videos values ('v4', 'Four', '2026-02-01');
            insert into video_tags values ('v4', 'c', '2026-02-01');
            insert into user_video_decisions values ('u1', 'v4', 'nope', '2026-02-01', '2026-02-01');
            update user_video_decisions set decision_type = 'nope', updated_at = '2026-02-01' where user_id = 'u2' and video_id = 'v2';
            """);
        Server.Requests.Clear();

        var (snapshot, report) = await SyncAsync("r2");

        Assert.Equal(await WholeAsync(), snapshot.Hash);
        // The watermark is 2026-01-01; the overlap of a day before it brings the rows of that day once more.
        Assert.All(report.Fetched!, table => Assert.Equal(new DateTimeOffset(2025, 12, 31, 0, 0, 0, TimeSpan.Zero), table.ChangedSince));
        await SyncAsync("r3");
        var (_, last) = await SyncAsync("r4"); // the fourth is whole again
        Assert.All(last.Fetched!, table => Assert.Null(table.ChangedSince));
    }

    [PostgresFact]
    public async Task Sync_SecondRunWithoutChanges_FetchesTheOverlapAlone()
    {
        await postgres.ExecuteAsync("update user_video_decisions set updated_at = '2026-03-01' where user_id = 'u3'");
        await SyncAsync("r1");
        var (_, report) = await SyncAsync("r2");
        Assert.Equal(3, report.Fetched!.Single(table => table.Table == "user_video_decisions").Rows);
        Assert.Equal(9, report.Decisions.Read);
    }

    [PostgresFact]
    public async Task Sync_RowsThatAreGone_AreMissedAtTheNextWholeRead()
    {
        var (first, _) = await SyncAsync("r1", fullSyncEvery: 2);
        await postgres.ExecuteAsync("delete from user_video_decisions where user_id = 'u1'; delete from videos where id = 'v3'");

        Assert.Equal(first.Hash, (await SyncAsync("r2", fullSyncEvery: 2)).Snapshot.Hash);
        Assert.Equal(await WholeAsync(), (await SyncAsync("r3", fullSyncEvery: 2)).Snapshot.Hash);
    }

    [PostgresFact]
    public async Task Sync_TableThatIsEmptied_ForgetsItsRowsAtOnce()
    {
        await SyncAsync("r1");
        await postgres.ExecuteAsync("truncate video_tags; delete from profiles");
        Assert.Equal(await WholeAsync(), (await SyncAsync("r2")).Snapshot.Hash);
        await postgres.ExecuteAsync("insert into profiles values ('u1', 'Back', '2025-01-01', '2026-01-02')");
        var (snapshot, _) = await SyncAsync("r3");
        Assert.Equal(1, snapshot.ProfileCount);
    }

    [PostgresFact]
    public async Task Sync_KilledInTheMiddle_AsksForNoPageTwice()
    {
        await postgres.ExecuteAsync("insert into user_video_decisions select 'w' || lpad(i::text, 3, '0'), 'v1', 'like', '2026-01-01' from generate_series(1, 40) i");
        var answered = new List<string>();
        Server.Intercept = (context, number) =>
        {
            if (number > 25)
                context.Abort();
            else
                answered.Add(Server.Requests[number - 1]);
            return Task.FromResult(number > 25);
        };
        await Assert.ThrowsAsync<IOException>(() => SyncAsync("r1", pageSize: 2));
        Server.Requests.Clear();
        Server.Intercept = (_, _) => Task.FromResult(false);

        Assert.Equal(await WholeAsync(), (await SyncAsync("r1", pageSize: 2)).Snapshot.Hash);

        var pages = answered.Where(IsPage).ToArray();
        Assert.True(pages.Length > 10, string.Join('\n', pages));
        // A table whose page had come when another one gave up may not have written it down.
        Assert.InRange(pages.Intersect(Server.Requests).Count(), 0, 3);
    }

    [PostgresFact]
    public async Task Sync_OtherRunAfterOneThatBrokeOff_BeginsThatTableAnew()
    {
        var pages = 0;
        Server.Intercept = (context, _) =>
        {
            var isLost = context.Request.Query["order"] == "user_id.asc,video_id.asc" && ++pages > 4;
            if (isLost)
                context.Abort();
            return Task.FromResult(isLost);
        };
        await Assert.ThrowsAsync<IOException>(() => SyncAsync("r1", pageSize: 1));
        Assert.Contains(_store.Files.Keys, path => path.Contains("/user_video_decisions/r1-whole-", StringComparison.Ordinal));
        await postgres.ExecuteAsync("delete from user_video_decisions where user_id = 'u1'"); // rows that were read already
        Server.Intercept = (_, _) => Task.FromResult(false);

        Assert.Equal(await WholeAsync(), (await SyncAsync("r2", pageSize: 1)).Snapshot.Hash);
        Assert.DoesNotContain(_store.Files.Keys, path => path.Contains("/user_video_decisions/r1-", StringComparison.Ordinal));
    }

    [PostgresTheory]
    [InlineData("part")]
    [InlineData("missing")]
    [InlineData("state")]
    public async Task Sync_KeptFileThatIsNotAsItWasWritten_IsReadAnew(string what)
    {
        await SyncAsync("r1");
        var path = _store.Files.Keys.First(path => path.Contains("/videos", StringComparison.Ordinal) && path.EndsWith(what == "state" ? ".json" : ".gz", StringComparison.Ordinal));
        if (what == "missing")
            _store.Files.Remove(path);
        else
            _store.Files[path] = _store.Files[path][..^3];

        if (what != "state")
        {
            var error = await Assert.ThrowsAsync<IOException>(() => SyncAsync("r2"));
            Assert.True(TransientFaults.IsTransient(error));
            Assert.Contains("the table is read anew", error.Message, StringComparison.Ordinal);
        }

        var (snapshot, report) = await SyncAsync("r2");
        Assert.Equal(await WholeAsync(), snapshot.Hash);
        Assert.Null(report.Fetched!.Single(table => table.Table == "videos").ChangedSince);
    }

    [PostgresTheory]
    [InlineData("alter table videos add price numeric default 7")]
    [InlineData("alter table videos drop updated_at; update videos set title = 'Other'")]
    [InlineData("create table tags (id text, name text); insert into tags select distinct tag_name, upper(tag_name) from video_tags; alter table video_tags rename tag_name to tag_id")]
    [InlineData("update videos set updated_at = '2025-06-01', title = 'From a backup'")]
    public async Task Sync_TableThatIsAnother_IsReadWhole(string change)
    {
        await SyncAsync("r1");
        await postgres.ExecuteAsync(change);
        Assert.Equal(await WholeAsync(), (await SyncAsync("r2")).Snapshot.Hash);
    }

    [PostgresFact]
    public async Task Sync_RowsOfTheFuture_HideNoLaterChange()
    {
        await postgres.ExecuteAsync("update user_video_decisions set updated_at = '2999-01-01' where user_id = 'u1' and video_id = 'v1'");
        await SyncAsync("r1");
        await postgres.ExecuteAsync("update user_video_decisions set decision_type = 'nope', updated_at = '2026-02-01' where user_id = 'u2'");
        var (snapshot, report) = await SyncAsync("r2");
        Assert.Equal(await WholeAsync(), snapshot.Hash);
        Assert.NotNull(report.Fetched!.Single(table => table.Table == "user_video_decisions").ChangedSince);
    }

    [PostgresFact]
    public async Task Sync_RowsWithoutADate_AreFetchedEachTime()
    {
        await SyncAsync("r1");
        await postgres.ExecuteAsync("insert into user_video_decisions values ('u9', 'v1', 'like', '2026-01-01', null); insert into profiles values ('u9', 'Nine', null, null)");
        Assert.Equal(await WholeAsync(), (await SyncAsync("r2")).Snapshot.Hash);
    }

    [PostgresFact]
    public async Task Sync_KeyThatComesTwice_ReadsTheTableWhole()
    {
        await postgres.ExecuteAsync("alter table user_video_decisions drop constraint user_video_decisions_pkey; insert into user_video_decisions values ('u1', 'v1', 'nope', '2026-01-03', '2026-01-03')");
        await SyncAsync("r1");
        // The newer of two rows becomes the older one: a change that must not stand for both.
        await postgres.ExecuteAsync("update user_video_decisions set created_at = '2025-01-01', updated_at = '2026-02-01' where decision_type = 'nope'");
        var (snapshot, report) = await SyncAsync("r2");
        Assert.Equal(await WholeAsync(), snapshot.Hash);
        Assert.Null(report.Fetched!.Single(table => table.Table == "user_video_decisions").ChangedSince);
    }

    [PostgresFact]
    public async Task Sync_DecisionsWithAnIdOfTheirOwn_AreToldApartByIt()
    {
        await postgres.ExecuteAsync(
            """
            alter table user_video_decisions drop constraint user_video_decisions_pkey; alter table user_video_decisions add id int generated always as identity;
            insert into user_video_decisions values ('u1', 'v1', 'nope', '2026-01-03', '2026-01-03');
            """);
        await SyncAsync("r1");
        await postgres.ExecuteAsync("update user_video_decisions set created_at = '2025-01-01', updated_at = '2026-02-01' where decision_type = 'nope'");
        var (snapshot, report) = await SyncAsync("r2");
        Assert.Equal(await WholeAsync(), snapshot.Hash);
        Assert.NotNull(report.Fetched!.Single(table => table.Table == "user_video_decisions").ChangedSince);
    }

    [PostgresFact]
    public async Task Sync_Tables_AreReadSideBySide()
    {
        var decisions = new TaskCompletionSource();
        Server.Intercept = async (context, _) =>
        {
            if (IsPageOf("user_video_decisions", context.Request))
                decisions.TrySetResult();
            if (IsPageOf("videos", context.Request) || IsPageOf("profiles", context.Request))
                await decisions.Task.WaitAsync(TimeSpan.FromMinutes(1), context.RequestAborted);
            return false;
        };
        await SyncAsync("r1");

        static bool IsPageOf(string table, HttpRequest request) =>
            request.Path.Value!.EndsWith(table, StringComparison.Ordinal) && request.Query["order"].ToString().EndsWith(".asc", StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Sync_ServerThatLimitsRequests_IsWaitedFor()
    {
        await using var server = await RestServer.StartAsync(postgres.Database, _time);
        server.RequestsPerSecond = 5;
        var settings = new SourceSettings { Kind = "supabase", PageSize = 2 };
        var snapshot = await new SyncRun().FromAsync((_, context) => new SupabaseSource(new SupabaseClient(server.Project(), _time), settings, context), settings);
        Assert.Equal(await WholeAsync(), snapshot.Hash);
        Assert.NotEmpty(_time.Waits);
        Assert.All(_time.Waits, wait => Assert.Equal(1, wait.TotalSeconds));
    }

    [PostgresFact]
    public async Task Sync_PseudonymisedUsers_KeepsRowsThatNobodyReadsWithoutTheKey()
    {
        const string secret = "very-private-user";
        await postgres.ExecuteAsync($"insert into profiles values ('{secret}', 'private name', '2025-01-01'); insert into user_video_decisions values ('{secret}', 'v1', 'like', '2026-01-01')");
        Server.Intercept = (context, number) => // so that a place in the middle of a table is kept, too
        {
            if (number is > 30 and <= 50)
                context.Abort();
            return Task.FromResult(number is > 30 and <= 50);
        };
        await Assert.ThrowsAsync<IOException>(() => SyncAsync("r1", pageSize: 1, key: "0123456789abcdef"));
        AssertHidden();
        Server.Intercept = (_, _) => Task.FromResult(false);
        var (first, _) = await SyncAsync("r1", pageSize: 1, key: "0123456789abcdef");
        var (second, report) = await SyncAsync("r2", key: "0123456789abcdef");

        AssertHidden();
        Assert.Equal(first.Hash, second.Hash);
        Assert.All(report.Fetched!, table => Assert.NotNull(table.ChangedSince));
        var (_, other) = await SyncAsync("r3", key: "another key of its own");
        Assert.All(other.Fetched!, table => Assert.Null(table.ChangedSince));

        void AssertHidden()
        {
            Assert.DoesNotContain(_store.Files.Values, file => file.AsSpan().IndexOf("private"u8) >= 0);
            foreach (var (path, file) in _store.Files.Where(file => file.Key.StartsWith("sources/", StringComparison.Ordinal)))
            {
                var isOpen = true;
                try
                {
                    using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
                    gzip.CopyTo(Stream.Null);
                }
                catch (InvalidDataException)
                {
                    isOpen = false;
                }

                Assert.False(isOpen, path);
            }
        }
    }

    private static bool IsPage(string request) => request.Contains(".asc", StringComparison.Ordinal);

    private async Task<(Snapshot Snapshot, SyncReport Report)> SyncAsync(string run, int pageSize = 100, int fullSyncEvery = 3, string? key = null)
    {
        var settings = new SourceSettings { Kind = "supabase", PageSize = pageSize, FullSyncEvery = fullSyncEvery, PseudonymiseUsers = key is not null };
        var sync = new SyncRun { Work = _store, PseudonymKey = key, Context = new(run, SyncRun.StartedAt, 1, new Progress<StageProgress>()) };
        var snapshot = await sync.FromAsync((_, context) => new SupabaseSource(new SupabaseClient(Server.Project(), _time), settings, context) { PartBytes = 1 }, settings);
        return (snapshot, await sync.ReportAsync(snapshot));
    }

    /// <summary>Hash of the database as it is.</summary>
    private async Task<string> WholeAsync() => (await new SyncRun().FromAsync(new PostgresSource(postgres.Database))).Hash;
}
