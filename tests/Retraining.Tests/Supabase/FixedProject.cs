using System.Text;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Retraining.Dataset;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Supabase.Source;
using Retraining.Tests.Source;

namespace Retraining.Tests.Supabase;

/// <summary>A project whose tables and functions are one page of text each, so that it can be any text.</summary>
internal sealed class FixedProject : IAsyncDisposable
{
    public const string Decisions =
        """[{"user_id": "u1", "video_id": "v1", "decision_type": "like", "created_at": "2026-01-01T00:00:00Z"}]""";

    private readonly NpgsqlDataSource _nowhere = NpgsqlDataSource.Create("Host=localhost;Username=nobody");
    private readonly Dictionary<string, byte[]> _pages = new(StringComparer.Ordinal);

    private FixedProject()
    {
        Set("profiles", """[{"user_id": "u1", "created_at": "2025-01-01T00:00:00Z"}]""");
        Set("videos", """[{"id": "v1", "title": "One"}]""");
        Set("video_tags", "[]");
        Set("video_performers", "[]");
        Set("user_video_decisions", Decisions);
        Set("get_item_embedding_feature_batch", """[{"video_id": "v1", "payload": {"video_id": "v1", "price": 100, "tags": ["a"], "performers": []}}]""");
        Set("get_user_embedding_feature_batch", """[{"user_id": "u1", "payload": {"user_id": "u1", "profile": {"created_at": "2025-01-01T00:00:00Z"}}}]""");
    }

    public RestServer Server { get; private set; } = null!;

    public InstantTime Time { get; } = new();

    public SyncRun Run { get; } = new();

    public static async Task<FixedProject> StartAsync()
    {
        var project = new FixedProject();
        project.Server = await RestServer.StartAsync(project._nowhere);
        project.FailFirst(0, _ => { });
        return project;
    }

    public void Set(string table, string page) => Set(table, Encoding.UTF8.GetBytes(page));

    public void Set(string table, params byte[][] page) => _pages[table] = [.. page.SelectMany(part => part)];

    public Task<Snapshot> SyncAsync(bool useRpc = false)
    {
        var settings = new SourceSettings { Kind = "supabase", PageSize = 10, UseRpc = useRpc };
        return Run.FromAsync((_, context) => new SupabaseSource(new SupabaseClient(Server.Project(), Time), settings, context), settings);
    }

    /// <summary>Answers the first requests otherwise.</summary>
    public void FailFirst(int times, Action<HttpContext> fail) => Server.Intercept = async (context, number) =>
    {
        if (number <= times)
            fail(context);
        else
            await AnswerAsync(context);
        return true;
    };

    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(await BodyAsync(context));
    }

    /// <summary>One page holds all; what comes after it and what has no key is nothing.</summary>
    public async Task<byte[]> BodyAsync(HttpContext context)
    {
        var query = Uri.UnescapeDataString(context.Request.QueryString.Value!);
        var isFirst = HttpMethods.IsPost(context.Request.Method)
            ? (await context.Request.ReadFromJsonAsync<Dictionary<string, long>>())!["offset_count"] == 0
            : !query.Contains("offset=", StringComparison.Ordinal);
        return isFirst && !query.Contains("=is.null", StringComparison.Ordinal) && !query.Contains("or=(user_id.is.null", StringComparison.Ordinal)
            ? _pages[context.Request.Path.Value!.Split('/')[^1]]
            : "[]"u8.ToArray();
    }

    public static void Send(HttpContext context, string body, int status = 200, string type = "application/json; charset=utf-8")
    {
        context.Response.StatusCode = status;
        if (status == 302)
            context.Response.Headers.Location = "https://elsewhere.example/";
        context.Response.ContentType = type;
        context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body)).AsTask().GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _nowhere.DisposeAsync();
    }
}
