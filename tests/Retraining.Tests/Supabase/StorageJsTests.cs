using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Supabase;
using Retraining.Supabase.Storage;
using Retraining.Tests.Publish;

namespace Retraining.Tests.Supabase;

/// <summary>The test server of files as Supabase's own clients from npm see it: what we are tested against is what they understand, too.</summary>
public sealed class StorageJsTests
{
    private const int PartBytes = 6 * 1024 * 1024;

    [Fact]
    public async Task SupabaseJs_OnTheTestServer_WritesListsAndReadsAsWeDo()
    {
        await using var server = await StorageServer.StartAsync();
        var broken = false;
        server.Intercept = async (context, _) =>
        {
            if (broken || context.Request.Method != "PATCH")
                return false;
            broken = true;
            await server.Resumable.BreakPartAsync(context);
            return true;
        };

        using var document = JsonDocument.Parse(await NodeClient.ScriptAsync("storage.mjs", server.Address, StorageServer.Key));

        var report = document.RootElement;
        void Holds(string name, string expected) => Assert.Equal((name, expected), (name, report.GetProperty(name).GetRawText()));
        Holds("beforeTheBucket", """{"status":400,"code":"404","message":"Bucket not found"}""");
        Holds("again", """{"status":400,"code":"409","message":"The resource already exists"}""");
        Holds("found", """{"name":"artifacts","public":true}""");
        Holds("first", "\"artifacts/a/x.json\"");
        Holds("twice", """{"status":400,"code":"409","message":"The resource already exists"}""");
        Holds("upserted", "\"a/x.json\"");
        Holds("listed", """[{"name":"b","folder":true,"size":null},{"name":"x.json","folder":false,"size":9}]""");
        Holds("info", """{"size":9,"contentType":"application/json","cacheControl":"max-age=60"}""");
        Holds("published", """{"status":200,"cacheControl":"max-age=60","text":"new one"}""");
        Holds("downloaded", "\"new one\"");
        Holds("big", "true");
        Holds("removed", "[\"a/b/y.txt\"]");
        Holds("exists", "true");
        Holds("existsNot", "false");
        Assert.Equal("Object not found", report.GetProperty("missing").GetProperty("message").GetString());
        Assert.Equal("403", report.GetProperty("refused").GetProperty("code").GetString());
        Assert.True(broken, "no part was sent, expected the big file to go in parts");

        // What they wrote, we read; what we write, they would.
        using var client = new SupabaseClient(server.Project(), TimeProvider.System);
        var store = new SupabaseArtifactStore(client, "artifacts");
        Assert.Equal(["a/x.json", "big.bin"], await store.ListAsync("", default));
        await using var stream = await store.OpenReadAsync("big.bin", default);
        Assert.Equal(2 * PartBytes + 17, stream.Length);
        await store.WriteAsync("a/x.json", (to, token) => to.WriteAsync("ours"u8.ToArray(), token).AsTask(), WriteOptions.Immutable, default);
        Assert.Equal("public, max-age=31536000, immutable", server.Files["artifacts/a/x.json"].CacheControl);
    }
}
