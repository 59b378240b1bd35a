using Npgsql;
using Retraining.Execution;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Tests.Documentation;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Postgres.Source;

public sealed class PostgresSourceTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string User1 = "00000000-0000-0000-0000-000000000001";
    private const string User2 = "00000000-0000-0000-0000-000000000002";
    private const string Video1 = "00000000-0000-0000-0000-0000000000a1";
    private const string Video2 = "00000000-0000-0000-0000-0000000000a2";

    private readonly SyncRun _run = new();

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is null)
            await postgres.ExecuteAsync("drop schema if exists two_tower cascade; drop schema public cascade; create schema public");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [PostgresFact]
    public async Task LoadAsync_JsonFolder_GivesTheSameSnapshotAsTheFolder()
    {
        using var folder = Folder();
        var loaded = await LoadAsync(folder, replace: false);
        Assert.Equal(new LoadedTables(new(2, 2, 3), new(2, 2, 3)), loaded);

        var expected = await _run.FromAsync(folder.Path);
        var snapshot = await new SyncRun().FromAsync(new PostgresSource(postgres.Database));
        Assert.Equal(0, snapshot.QuarantinedCount);
        Assert.Equal(expected.Hash, snapshot.Hash);
    }

    [PostgresFact]
    public async Task LoadAsync_Sample_GivesTheSameSnapshotAsTheFolder()
    {
        using var folder = new SourceFolder();
        var counts = await SampleGenerator.WriteAsync(folder.Path, new SampleSettings { Users = 200, Videos = 300, Decisions = 4_000 }, CancellationToken.None);
        Assert.Equal(new LoadedTables(counts, counts), await LoadAsync(folder, replace: true));

        var expected = await _run.FromAsync(folder.Path);
        Assert.Equal(expected.Hash, (await new SyncRun().FromAsync(new PostgresSource(postgres.Database))).Hash);
    }

    [PostgresFact]
    public async Task LoadAsync_Vectors_GiveTheSameSnapshotAsTheFolder()
    {
        using var folder = Folder();
        AddVector(folder);
        await LoadAsync(folder, replace: false);
        await LoadAsync(folder, replace: true);

        var expected = await _run.FromAsync(folder.Path);
        Assert.Equal(expected.Hash, (await new SyncRun().FromAsync(new PostgresSource(postgres.Database))).Hash);
        Assert.Equal(new VectorCounts(3, 1, 0), (await _run.ReportAsync(expected)).Vectors!["text_vector"]);
    }

    [PostgresFact]
    public async Task LoadAsync_VectorsForATableWithoutTheColumn_ChangesNothingAndSaysSo()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: false);
        await postgres.ExecuteAsync("alter table videos drop column text_vector, drop column image_vector; update videos set title = 'Old'");
        Assert.Equal(2, (await LoadAsync(folder, replace: false)).Loaded.Videos);
        AddVector(folder);
        await postgres.ExecuteAsync("update videos set title = 'Old'");

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => LoadAsync(folder, replace: false));

        Assert.Equal("public.videos: no column text_vector, expected one, real[] or vector(n): videos of the source have it", error.Message);
        Assert.Equal(2L, await postgres.ScalarAsync<long>("select count(*) from videos where title = 'Old'"));
    }

    [PostgresTheory]
    [InlineData("real[]", "{0.5,-1,2e-3}")]
    [InlineData("double precision[]", "{0.5,-1,2e-3}")]
    [InlineData("numeric[]", "{0.5,-1,0.002}")]
    [InlineData("vector(3)", "[0.5,-1,0.002]")]
    [InlineData("vector", "[0.5,-1,0.002]")]
    [InlineData("json", "[0.5,-1,0.002]")]
    [InlineData("jsonb", "[0.5, -1, 0.002]")]
    [InlineData("text", "[0.5,-1,0.002]")]
    public async Task ReadAsync_VectorColumnOfAnyType_GivesItsNumbers(string type, string value)
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: false);
        await postgres.ExecuteAsync(
            $"create extension if not exists vector; alter table videos drop column text_vector; alter table videos add column text_vector {type}; "
            + $"update videos set text_vector = '{value}' where id = '{Video1}'");

        var snapshot = await _run.FromAsync(new PostgresSource(postgres.Database));

        var videos = (await _run.ReadAsync(snapshot)).Catalogue.Videos;
        Assert.Equal([0.5f, -1, 0.002f], videos[0].TextVector!);
        Assert.Null(videos[1].TextVector);
        Assert.Empty(_run.Quarantine(snapshot));
    }

    /// <summary>The statement of <c>docs/sources.md</c> for a column of another name.</summary>
    [PostgresFact]
    public async Task ReadAsync_GeneratedColumnOfTheGuide_GivesTheFirstNumbersOfTheOther()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: false);
        await postgres.ExecuteAsync(
            "create extension if not exists vector; alter table videos drop column text_vector; alter table videos add column embedding vector(300); "
            + "update videos set embedding = (select array_agg(i order by i) from generate_series(1, 300) i)::real[]::vector");
        var guide = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Path, "docs", "sources.md"));
        await postgres.ExecuteAsync(guide.Split("```sql\nalter table videos")[1].Split("```")[0].Insert(0, "alter table videos"));

        var videos = (await _run.ReadAsync(await _run.FromAsync(new PostgresSource(postgres.Database)))).Catalogue.Videos;

        Assert.All(videos, video => Assert.Equal(Enumerable.Range(1, 256).Select(number => (float)number), video.TextVector!));
    }

    [PostgresFact]
    public async Task LoadAsync_Repeated_ReplacesWhatChangedAndKeepsTheRest()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: false);
        folder.Write(SourceFolder.Videos, $$"""[{"id": "{{Video1}}", "title": "New", "tags": ["z"]}]""");
        folder.Write(SourceFolder.Decisions, $"[{SyncSourceTests.Decision(User1, Video1, "nope", "2026-02-01")}]");
        await LoadAsync(folder, replace: false);

        Assert.Equal(2L, await postgres.ScalarAsync<long>("select count(*) from public.videos"));
        Assert.Equal("New", await postgres.ScalarAsync<string>($"select title from public.videos where id = '{Video1}'"));
        Assert.Equal(["z"], await postgres.ScalarAsync<string[]>($"select array_agg(tag_name) from public.video_tags where video_id = '{Video1}'"));
        Assert.Equal(3L, await postgres.ScalarAsync<long>("select count(*) from public.user_video_decisions"));
        Assert.Equal("nope", await postgres.ScalarAsync<string>(
            $"select decision_type from public.user_video_decisions where user_id = '{User1}' and video_id = '{Video1}'"));
    }

    [PostgresFact]
    public async Task LoadAsync_Replace_RemovesWhatTheSourceDoesNotHave()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: false);
        folder.Write(SourceFolder.Profiles, "[]");
        folder.Write(SourceFolder.Videos, $$"""[{"id": "{{Video1}}"}]""");
        folder.Write(SourceFolder.Decisions, $"[{SyncSourceTests.Decision(User1, Video1, "nope", "2026-02-01")}]");
        await LoadAsync(folder, replace: true);

        Assert.Equal(0L, await postgres.ScalarAsync<long>("select count(*) from public.profiles"));
        Assert.Equal(1L, await postgres.ScalarAsync<long>("select count(*) from public.videos"));
        Assert.Equal(1L, await postgres.ScalarAsync<long>("select count(*) from public.user_video_decisions"));
    }

    [PostgresFact]
    public async Task LoadAsync_RowsThatCannotBeStored_AreLeftOut()
    {
        using var folder = Folder();
        folder.Append(SourceFolder.Videos, """{"id": "not-a-uuid"}""", $$"""{"id": "{{Video1}}", "title": "Again"}""");
        folder.Append(SourceFolder.Decisions, SyncSourceTests.Decision(User1, "00000000-0000-0000-0000-0000000000ff", "like", "2026-01-01"));
        var loaded = await LoadAsync(folder, replace: false);

        Assert.Equal(new LoadedTables(new(2, 4, 4), new(2, 2, 3)), loaded);
        Assert.Equal("夏の海", await postgres.ScalarAsync<string>($"select title from public.videos where id = '{Video1}'"));
    }

    [PostgresFact]
    public async Task LoadAsync_SourceThatBreaksInItsLastTable_ChangesNothing()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: true);
        folder.Write(SourceFolder.Videos, $$"""[{"id": "{{Video1}}", "title": "New"}]""");
        folder.Write(SourceFolder.Decisions, $"[{SyncSourceTests.Decision(User1, Video1, "nope", "2026-02-01")}, {{\"user_id\": ");
        await Assert.ThrowsAsync<PermanentStageException>(() => LoadAsync(folder, replace: true));

        Assert.Equal(2L, await postgres.ScalarAsync<long>("select count(*) from public.videos where title is distinct from 'New'"));
        Assert.Equal(3L, await postgres.ScalarAsync<long>("select count(*) from public.user_video_decisions"));
    }

    [PostgresFact]
    public async Task LoadAsync_RoleWhoseStatementsEndEarly_MergesAllTheSame()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: true);
        await postgres.ExecuteAsync(
            """
            create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(1.2); return new; end';
            create trigger slow before update on public.videos for each statement execute function slow();
            """);
        await using var hurried = NpgsqlDataSource.Create(postgres.ConnectionString + ";Options=-c statement_timeout=1000");
        var loaded = await new PostgresLoader(hurried).LoadAsync(new FolderSource(folder.Path), replace: true);
        Assert.Equal(new RowCounts(2, 2, 3), loaded.Loaded);
    }

    [PostgresFact]
    public async Task ReadAsync_TagsByIdAndMissingOptionalColumns_AreRead()
    {
        await postgres.ExecuteAsync(
            $"""
            create table profiles (user_id uuid, created_at timestamptz);
            create table videos (id uuid, price numeric, created_at timestamptz);
            create table tags (id int, name text);
            create table video_tags (video_id uuid, tag_id int);
            create table user_video_decisions (user_id uuid, video_id uuid, decision_type text, created_at timestamptz);
            insert into profiles values ('{User1}', 'infinity');
            insert into videos values ('{Video1}', 1980), ('{Video2}', 'NaN');
            insert into tags values (1, 'b'), (2, 'a');
            insert into video_tags values ('{Video1}', 1), ('{Video1}', 2);
            insert into user_video_decisions values ('{User1}', '{Video1}', 'like', '2026-01-01'), ('{User1}', '{Video1}', null, '2026-01-01'),
              ('{User1}', '{Video2}', 'like', '2026-01-01');
            """);
        var snapshot = await _run.FromAsync(new PostgresSource(postgres.Database));
        var data = await _run.ReadAsync(snapshot);

        var video = Assert.Single(data.Catalogue.Videos);
        Assert.Equal((1980.0, null, true), (video.Price, video.Title, video.IsActive));
        Assert.Equal(["a", "b"], video.Tags);
        Assert.Empty(video.Performers);
        Assert.Equal(1, data.Log.Events);
        var quarantine = string.Join("\n", _run.Quarantine(snapshot));
        Assert.Equal(4, snapshot.QuarantinedCount);
        Assert.Contains("""{"file":"public.videos","row":2,"field":"price","found":"NaN","expected":"a finite number of 0 or more",""", quarantine);
        Assert.Contains("\"file\":\"public.profiles\",\"row\":1,\"field\":\"created_at\",\"found\":\"9998-12-31T00:00:00Z\"", quarantine);
        Assert.Contains("\"file\":\"public.user_video_decisions\",\"row\":2,\"field\":\"decision_type\",\"found\":\"null\"", quarantine);
        Assert.Contains("a video whose row is not itself in quarantine", quarantine);
    }

    [PostgresFact]
    public async Task ReadAsync_MissingRequiredColumn_NamesIt()
    {
        await postgres.ExecuteAsync("create table videos (id uuid); create table profiles (user_id uuid); create table user_video_decisions (user_id uuid, video_id uuid)");
        await postgres.ExecuteAsync($"insert into videos values ('{Video1}')");
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => _run.FromAsync(new PostgresSource(postgres.Database)));
        Assert.Equal("public.user_video_decisions: no column decision_type, created_at, found user_id, video_id", error.Message);
    }

    [PostgresFact]
    public async Task ReadAsync_MissingTable_NamesIt()
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => _run.FromAsync(new PostgresSource(postgres.Database)));
        Assert.StartsWith("public.videos: no such table", error.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task RunAsync_EmptyDecisionsTable_IsNamed()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: false);
        await postgres.ExecuteAsync("delete from public.user_video_decisions");
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => _run.FromAsync(new PostgresSource(postgres.Database)));
        Assert.Equal("decisions: 0 rows, expected at least 1", error.Message);
    }

    [PostgresFact]
    public async Task ReadAsync_ChangesDuringTheSync_AreNotSeen()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: false);
        await using var source = new PostgresSource(postgres.Database);
        Assert.Equal(2, await source.ReadVideosAsync(default).CountAsync());
        await postgres.ExecuteAsync("delete from public.user_video_decisions");
        Assert.Equal(3, await source.ReadDecisionsAsync(default).CountAsync());
    }

    [PostgresFact]
    public async Task ReadAsync_ServerEndsTheConnection_CanBeRetried()
    {
        using var folder = Folder();
        await LoadAsync(folder, replace: false);
        var named = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { ApplicationName = "sync-under-test" };
        await using var database = NpgsqlDataSource.Create(named.ConnectionString);
        await using var source = new PostgresSource(database);
        Assert.Equal(2, await source.ReadVideosAsync(default).CountAsync());
        await postgres.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sync-under-test'");

        var error = await Assert.ThrowsAsync<IOException>(async () => await source.ReadDecisionsAsync(default).CountAsync());
        Assert.Contains("public.user_video_decisions: PostgreSQL went away", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NobodyListens_CanBeRetriedAndShowsNoPassword()
    {
        await using var database = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=u;Password=hidden;Database=d");
        var error = await Assert.ThrowsAsync<IOException>(() => _run.FromAsync(new PostgresSource(database)));
        Assert.StartsWith("postgresql://127.0.0.1:1/d, public.video_tags: PostgreSQL went away or is not to be reached", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    private static void AddVector(SourceFolder folder) =>
        folder.Write(SourceFolder.Videos, folder.Read(SourceFolder.Videos).Replace("\"title\"", "\"text_vector\": [0.1, -2, 3e-7], \"title\"", StringComparison.Ordinal));

    private static SourceFolder Folder()
    {
        var folder = new SourceFolder();
        folder.Write(SourceFolder.Profiles, $$"""[{"user_id": "{{User1}}", "display_name": "花子", "created_at": "2025-01-01T00:00:00Z"}, {"user_id": "{{User2}}"}]""");
        folder.Write(SourceFolder.Videos,
            $$"""
            [{"id": "{{Video1}}", "title": "夏の海", "price": 1980.5, "duration_seconds": 60, "tags": ["b", "a"], "performers": ["P"], "region_codes": ["JP"],
              "safety_level": 2, "is_active": false, "product_released_at": "2025-05-05T00:00:00Z", "created_at": "2025-05-06T01:02:03.456Z"},
             {"id": "{{Video2}}"}]
            """);
        folder.Write(SourceFolder.Decisions,
            $"[{SyncSourceTests.Decision(User1, Video1, "like", "2026-01-01")}, {SyncSourceTests.Decision(User1, Video2, "nope", "2026-01-02")}, {SyncSourceTests.Decision(User2, Video1, "like", "2026-01-03")}]");
        return folder;
    }

    private Task<LoadedTables> LoadAsync(SourceFolder folder, bool replace) =>
        new PostgresLoader(postgres.Database).LoadAsync(new FolderSource(folder.Path), replace);
}
