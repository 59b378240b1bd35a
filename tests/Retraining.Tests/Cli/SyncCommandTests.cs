using System.Text.Json;
using Retraining.Cli;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Supabase;
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
            await new PostgresLoader(postgres.Database).LoadAsync(sample, replace: true, CancellationToken.None);
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
}
