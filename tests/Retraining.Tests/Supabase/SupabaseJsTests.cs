using System.Text.Json;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Supabase.Source;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Postgres;
using Retraining.Tests.Publish;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Supabase;

/// <summary>The test server as Supabase's own client from npm sees it: what we are tested against is what that client understands, too.</summary>
public sealed class SupabaseJsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [PostgresFact]
    public async Task SupabaseJs_OnTheTestServer_ReadsWhatWeRead()
    {
        using var folder = new SourceFolder();
        var counts = await SampleGenerator.WriteAsync(folder.Path, new SampleSettings { Users = 30, Videos = 90, Decisions = 500 }, CancellationToken.None);
        await using (var files = new FolderSource(folder.Path))
            await new PostgresLoader(postgres.Database).LoadAsync(files, replace: true);
        await BatchFunctions.CreateAsync(postgres);
        await using var server = await RestServer.StartAsync(postgres.Database);
        server.MaxRows = 70;
        await using var busy = await BusyServerAsync();

        using var document = JsonDocument.Parse(await NodeClient.ScriptAsync("rest.mjs", server.Address, RestServer.Key, busy.Address));
        var report = document.RootElement;
        await using var source = new SupabaseSource(
            new SupabaseClient(server.Project(), new InstantTime()), new() { Kind = "supabase" }, new SourceContext(new SyncRun().Context, new MemoryArtifactStore()));
        var videos = await source.ReadVideosAsync(default).Select(row => row.Value!.Id).ToArrayAsync();

        Assert.Equal(videos, Texts(report.GetProperty("videos")));
        Assert.Equal((counts.Profiles, counts.Decisions), (report.GetProperty("profiles").GetInt64(), report.GetProperty("decisions").GetInt64()));
        Assert.Equal(videos[45..48], report.GetProperty("later").EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
        Assert.Equal(videos[45..48], Texts(report.GetProperty("either")));
        Assert.Equal($$"""{"count":{{counts.Decisions}},"rows":10,"status":206}""", report.GetProperty("counted").GetRawText());
        Assert.Equal("""{"status":404,"code":"PGRST205"}""", report.GetProperty("missing").GetRawText());
        Assert.Equal("""{"status":400,"code":"42703"}""", report.GetProperty("column").GetRawText());
        Assert.Equal("""{"status":401,"code":"PGRST301"}""", report.GetProperty("refused").GetRawText());
        Assert.Equal("""{"status":200,"rows":1}""", report.GetProperty("patient").GetRawText());
        Assert.Equal("""{"status":429,"code":"over_request_rate_limit"}""", report.GetProperty("limited").GetRawText());
        Assert.Equal($$"""{"status":200,"ids":["{{videos[1]}}","{{videos[2]}}"],"error":null}""", report.GetProperty("items").GetRawText());
    }

    /// <summary>Sends the first request away for a moment, and takes two in a second that does not end.</summary>
    private async Task<RestServer> BusyServerAsync()
    {
        var server = await RestServer.StartAsync(postgres.Database, new InstantTime());
        server.RequestsPerSecond = 2;
        server.Intercept = async (context, number) =>
        {
            if (number != 1)
                return false;
            context.Response.Headers.RetryAfter = "0";
            await RestServer.FailAsync(context, 503, "PGRST002", "Could not query the database for the schema cache. Retrying.");
            return true;
        };
        return server;
    }

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(text => text.GetString()!);
}
