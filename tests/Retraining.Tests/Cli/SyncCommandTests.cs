using System.Text.Json;
using Retraining.Cli;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Tests.Postgres;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;
using Retraining.Tests.Supabase;

namespace Retraining.Tests.Cli;

public sealed class SyncCommandTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime, IDisposable
{
    private readonly CliFixture _cli = new();

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is null)
            await postgres.ExecuteAsync("drop schema if exists two_tower cascade; drop schema public cascade; create schema public");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _cli.Dispose();

    [PostgresFact]
    public async Task Sync_FetchRemote_FillsTheDatabaseThatIsNamed()
    {
        await using (var sample = new FolderSource(await _cli.SampleAsync()))
            await new PostgresLoader(postgres.Database).LoadAsync(sample, replace: true);
        await using var server = await RestServer.StartAsync(postgres.Database);
        var local = new PostgresFixture();
        await local.InitializeAsync();
        try
        {
            _cli.Variables[SupabaseProject.UrlVariable] = server.Address;
            _cli.Variables[SupabaseProject.KeyVariable] = RestServer.Key;

            var result = await _cli.RunAsync("sync", "--fetch-remote", "--page-size", "90", "--pg-dsn", local.ConnectionString, "--json");

            Assert.Equal((ExitCodes.Done, ""), (result.Code, result.Error));
            using var json = JsonDocument.Parse(result.Out);
            Assert.Equal(json.RootElement.GetProperty("read").GetRawText(), json.RootElement.GetProperty("loaded").GetRawText());
            Assert.Contains(server.Requests, request => request.Contains("limit=90", StringComparison.Ordinal));
            Assert.Equal(
                (await new SyncRun().FromAsync(new PostgresSource(postgres.Database))).Hash,
                (await new SyncRun().FromAsync(new PostgresSource(local.Database))).Hash);
        }
        finally
        {
            await local.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task Sync_ExpiredKey_FailsAndNeverShowsIt()
    {
        await using var server = await RestServer.StartAsync(postgres.Database);
        _cli.Variables[SupabaseProject.UrlVariable] = server.Address;
        _cli.Variables[SupabaseProject.KeyVariable] = "an-expired-key";

        var result = await _cli.RunAsync("sync", "--fetch-remote", "--pg-dsn", postgres.ConnectionString, "--verbose");

        Assert.Equal(ExitCodes.Failed, result.Code);
        Assert.Contains("JWT expired", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("an-expired-key", result.Error + result.Out, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Sync_RemoteThatFailsMidway_LeavesTheDatabaseAsItWas()
    {
        await using (var sample = new FolderSource(await _cli.SampleAsync()))
            await new PostgresLoader(postgres.Database).LoadAsync(sample, replace: true);
        await using var server = await RestServer.StartAsync(postgres.Database);
        var pages = 0;
        server.Intercept = async (context, _) =>
        {
            var isRefused = context.Request.Query["order"] == "user_id.asc,video_id.asc" && ++pages > 3;
            if (isRefused)
                await RestServer.FailAsync(context, 403, "42501", "permission denied for table user_video_decisions");
            return isRefused;
        };
        using var folder = new SourceFolder();
        folder.Write(SourceFolder.Profiles, "[]");
        folder.Write(SourceFolder.Videos, """[{"id": "00000000-0000-0000-0000-0000000000a1", "title": "Kept"}]""");
        folder.Write(SourceFolder.Decisions, "[" + SyncSourceTests.Decision("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-0000000000a1", "like", "2026-01-01") + "]");
        var local = new PostgresFixture();
        await local.InitializeAsync();
        try
        {
            await using (var before = new FolderSource(folder.Path))
                await new PostgresLoader(local.Database).LoadAsync(before, replace: true);
            _cli.Variables[SupabaseProject.UrlVariable] = server.Address;
            _cli.Variables[SupabaseProject.KeyVariable] = RestServer.Key;

            var result = await _cli.RunAsync("sync", "--fetch-remote", "--page-size", "90", "--pg-dsn", local.ConnectionString);

            Assert.Equal(ExitCodes.Failed, result.Code);
            Assert.Contains("permission denied for table user_video_decisions", result.Error, StringComparison.Ordinal);
            Assert.Equal("Kept", await local.ScalarAsync<string>("select string_agg(title, ',') from public.videos"));
            Assert.Equal(1L, await local.ScalarAsync<long>("select count(*) from public.user_video_decisions"));
            Assert.Equal(0L, await local.ScalarAsync<long>("select count(*) from public.profiles"));
        }
        finally
        {
            await local.DisposeAsync();
        }
    }

    [PostgresFact]
    public async Task Sync_RowsThatCannotBeLoaded_ArePutAsideWithTheReason()
    {
        using var folder = FolderWithBadRows();

        var result = await _cli.RunAsync("sync", "--data", folder.Path, "--pg-dsn", postgres.ConnectionString);

        Assert.Equal((ExitCodes.Done, ""), (result.Code, result.Error));
        Assert.Contains("read 2 profiles, 4 videos, 3 decisions; loaded 1 profiles, 1 videos, 1 decisions", result.Out, StringComparison.Ordinal);
        Assert.Contains("videos.json, price: 1 rows, expected a number", result.Out, StringComparison.Ordinal);
        Assert.Contains("videos.json, id: 1 rows, expected an id that no earlier row has", result.Out, StringComparison.Ordinal);
        var path = _cli.PathOf("work/sync/quarantine.ndjson");
        Assert.Contains($"put aside: 6 rows, in {path}", result.Out, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(6, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("""{"file":"videos.json","row":2,"field":"price","found":"\"free\"","expected":"a number","content":{"id":""", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("""{"file":"user_video_decisions.json","row":2,"field":"video_id","found":"00000000-0000-0000-0000-0000000000ff","expected":"the id of a video",""", StringComparison.Ordinal));

        folder.Write(SourceFolder.Videos, """[{"id": "00000000-0000-0000-0000-0000000000a1"}]""");
        folder.Write(SourceFolder.Profiles, "[]");
        folder.Write(SourceFolder.Decisions, "[]");
        using var json = JsonDocument.Parse((await _cli.RunAsync("sync", "--data", folder.Path, "--pg-dsn", postgres.ConnectionString, "--json")).Out);
        Assert.Equal(0, json.RootElement.GetProperty("quarantined").GetArrayLength());
        Assert.False(File.Exists(path));
    }

    [PostgresFact]
    public async Task Sync_PseudonymisedUsers_WritesNoIdAndNoName()
    {
        using var folder = FolderWithBadRows();
        _cli.Variables["TwoTower__Source__PseudonymiseUsers"] = "true";
        _cli.Variables["RETRAIN_PSEUDONYM_KEY"] = "0123456789abcdef";

        var result = await _cli.RunAsync("sync", "--data", folder.Path, "--pg-dsn", postgres.ConnectionString);

        Assert.Equal((ExitCodes.Done, ""), (result.Code, result.Error));
        Assert.Equal(0L, await postgres.ScalarAsync<long>("select count(*) from profiles where display_name is not null"));
        Assert.Equal(1L, await postgres.ScalarAsync<long>("select count(*) from user_video_decisions join profiles using (user_id)"));
        Assert.Equal(0L, await postgres.ScalarAsync<long>($"select count(*) from profiles where user_id = '{User}'"));
        Assert.DoesNotContain(User, await File.ReadAllTextAsync(_cli.PathOf("work/sync/quarantine.ndjson")), StringComparison.Ordinal);
        var first = await postgres.ScalarAsync<Guid>("select user_id from profiles");
        await _cli.RunAsync("sync", "--data", folder.Path, "--pg-dsn", postgres.ConnectionString);
        Assert.Equal(first, await postgres.ScalarAsync<Guid>("select user_id from profiles"));

        _cli.Variables.Remove("RETRAIN_PSEUDONYM_KEY");
        Assert.Equal(ExitCodes.Failed, (await _cli.RunAsync("sync", "--data", folder.Path, "--pg-dsn", postgres.ConnectionString)).Code);
    }

    [PostgresFact]
    public async Task Sync_Reviews_LoadsThemBesideTheFolderAndTellsTheStars()
    {
        using var folder = new SourceFolder();
        const string Video = "00000000-0000-0000-0000-0000000000a1";
        folder.Write(SourceFolder.Profiles, "[]");
        folder.Write(SourceFolder.Videos, $$"""[{"id": "{{Video}}", "product_url": "https://shop.example/p/1"}]""");
        folder.Write(SourceFolder.Decisions, "[]");
        folder.Write("reviews.csv", ReviewFolder.Header + "http://shop.example/p/1/,r1,4.5\nhttps://shop.example/p/2,r1,5\n");

        var result = await _cli.RunAsync(
            "sync", "--data", folder.Path, "--reviews", Path.Combine(folder.Path, "reviews.csv"), "--ingest-unknown", "--pg-dsn", postgres.ConnectionString);

        Assert.Equal((ExitCodes.Done, ""), (result.Code, result.Error));
        Assert.Contains("read 0 profiles, 2 videos, 2 decisions; loaded 0 profiles, 2 videos, 2 decisions", result.Out, StringComparison.Ordinal);
        Assert.Contains("stars: 4.5: 1, 5.0: 1", result.Out, StringComparison.Ordinal);
        Assert.Equal(2L, await postgres.ScalarAsync<long>("select count(*) from public.user_video_decisions where decision_type = 'like'"));
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("sync", "--data", "somewhere", "--fetch-remote")]
    [InlineData("run", "--fetch-remote", "--page-size", "0")]
    public async Task Sync_WrongUsage_Ends2(params string[] arguments) => Assert.Equal(ExitCodes.Usage, (await _cli.RunAsync(arguments)).Code);

    private const string User = "00000000-0000-0000-0000-000000000001";

    /// <summary>One good row a table, and six that are not loaded.</summary>
    private static SourceFolder FolderWithBadRows()
    {
        const string Video = "00000000-0000-0000-0000-0000000000a1";
        var folder = new SourceFolder();
        folder.Write(SourceFolder.Profiles, $$"""[{"user_id": "{{User}}", "display_name": "花子"}, {"user_id": "{{User}}"}]""");
        folder.Write(SourceFolder.Videos, $$"""[{"id": "{{Video}}"}, {"id": "00000000-0000-0000-0000-0000000000a2", "price": "free"}, {"id": "{{Video}}"}, {"id": "v9"}]""");
        folder.Write(
            SourceFolder.Decisions,
            $"[{SyncSourceTests.Decision(User, Video, "like", "2026-01-01")}, "
            + $"{SyncSourceTests.Decision(User, "00000000-0000-0000-0000-0000000000ff", "like", "2026-01-01")}, "
            + $"{SyncSourceTests.Decision(User, Video, "like", "noon")}]");
        return folder;
    }
}
