using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Retraining.Supabase;

namespace Retraining.Tests.Supabase;

/// <summary>Speaks Supabase Storage's protocol on the loopback, over files in memory: buckets, upserts, lists of one folder, its errors within a 400.</summary>
internal sealed class StorageServer : IAsyncDisposable
{
    public const string Key = "service-role-key.for-tests-only";

    private readonly WebApplication _application;
    private readonly Lock _lock = new();
    private readonly ResumableUploads _resumable;

    private StorageServer()
    {
        _resumable = new ResumableUploads((path, file) =>
        {
            lock (_lock)
                Files[path] = file;
        });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.Limits.MaxRequestBodySize = null;
        });
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    public HashSet<string> Buckets { get; } = new(StringComparer.Ordinal);

    /// <summary>By bucket and path.</summary>
    public SortedDictionary<string, StoredFile> Files { get; } = new(StringComparer.Ordinal);

    public long LargestFile { get; set; } = long.MaxValue;

    /// <summary>Entries of a list at most, whatever the request asks for.</summary>
    public int LargestList { get; set; } = 1000;

    /// <summary>Looks at each request first, with its number from 1; true when it has answered itself.</summary>
    public Func<HttpContext, int, Task<bool>> Intercept { get; set; } = (_, _) => Task.FromResult(false);

    public int Requests { get; private set; }

    /// <summary>Uploads in parts that are not finished; clearing it is a service that has forgotten them.</summary>
    public ResumableUploads Resumable => _resumable;

    public string Address => _application.Urls.Single();

    public static async Task<StorageServer> StartAsync()
    {
        var server = new StorageServer();
        await server._application.StartAsync();
        return server;
    }

    public SupabaseProject Project(string key = Key) => new(Address, key);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        int number;
        lock (_lock)
            number = ++Requests;
        if (await Intercept(context, number))
            return;
        if (context.Request.Headers["apikey"] != Key || context.Request.Headers.Authorization != $"Bearer {Key}")
        {
            await FailAsync(context, 400, "403", "Unauthorized", $"Invalid Compact JWS {context.Request.Headers["apikey"]}");
            return;
        }

        var parts = context.Request.Path.Value!.Trim('/').Split('/');
        var answer = (context.Request.Method, parts) switch
        {
            ("GET", ["storage", "v1", "bucket", var bucket]) => Buckets.Contains(bucket) ? SendAsync(context, new { id = bucket }) : FailAsync(context, 400, "404", "Bucket not found", "Bucket not found"),
            ("POST", ["storage", "v1", "bucket"]) => MakeBucketAsync(context),
            ("POST", ["storage", "v1", "upload", "resumable"]) => _resumable.CreateAsync(context),
            ("PATCH", ["storage", "v1", "upload", "resumable", var upload]) => _resumable.AppendAsync(context, upload),
            ("HEAD", ["storage", "v1", "upload", "resumable", var upload]) => _resumable.TellAsync(context, upload),
            ("POST", ["storage", "v1", "object", "list", var bucket]) => ListAsync(context, bucket),
            ("POST", ["storage", "v1", "object", ..]) => WriteAsync(context, parts[3], string.Join('/', parts[3..])),
            ("GET", ["storage", "v1", "object", "authenticated", ..]) => ReadAsync(context, string.Join('/', parts[4..])),
            ("GET", ["storage", "v1", "object", "info", ..]) => Find(string.Join('/', parts[4..])) is { } file ? SendAsync(context, new { size = file.Content.Length }) : MissingAsync(context),
            ("DELETE", ["storage", "v1", "object", var bucket]) => DeleteAsync(context, bucket),
            _ => FailAsync(context, 404, "404", "Not Found", "Route not found"),
        };
        await answer;
    }

    private async Task MakeBucketAsync(HttpContext context)
    {
        var body = await context.Request.ReadFromJsonAsync<JsonElement>();
        if (Buckets.Add(body.GetProperty("id").GetString()!))
            await SendAsync(context, new { name = body.GetProperty("name").GetString() });
        else
            await FailAsync(context, 400, "409", "Duplicate", "The resource already exists");
    }

    private async Task WriteAsync(HttpContext context, string bucket, string path)
    {
        using var content = new MemoryStream();
        await context.Request.Body.CopyToAsync(content, context.RequestAborted);
        if (!Buckets.Contains(bucket))
            await FailAsync(context, 400, "404", "Bucket not found", "Bucket not found");
        else if (content.Length > LargestFile)
            await FailAsync(context, 400, "413", "Payload too large", "The object exceeded the maximum allowed size");
        else if (context.Request.Headers["x-upsert"] != "true" && Find(path) is not null)
            await FailAsync(context, 400, "409", "Duplicate", "The resource already exists");
        else
        {
            lock (_lock)
                Files[path] = new StoredFile(content.ToArray(), context.Request.ContentType, context.Request.Headers.CacheControl.ToString());
            await SendAsync(context, new { Key = path });
        }
    }

    private async Task ReadAsync(HttpContext context, string path)
    {
        if (Find(path) is not { } file)
        {
            await MissingAsync(context);
            return;
        }

        context.Response.ContentType = file.ContentType;
        context.Response.Headers.CacheControl = file.CacheControl;
        await context.Response.Body.WriteAsync(file.Content);
    }

    private async Task ListAsync(HttpContext context, string bucket)
    {
        var body = await context.Request.ReadFromJsonAsync<JsonElement>();
        var folder = body.GetProperty("prefix").GetString()!;
        var prefix = folder.Length == 0 ? bucket + "/" : $"{bucket}/{folder}/";
        string[] names;
        lock (_lock)
            names = [.. Files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Select(path => path[prefix.Length..])];
        var entries = names.Select(name => name.Split('/')).Select(parts => (Name: parts[0], IsFolder: parts.Length > 1)).Distinct().OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .Skip(body.GetProperty("offset").GetInt32()).Take(Math.Min(LargestList, body.GetProperty("limit").GetInt32()))
            .Select(entry => new { name = entry.Name, id = entry.IsFolder ? null : "8f1e" });
        await SendAsync(context, entries);
    }

    private async Task DeleteAsync(HttpContext context, string bucket)
    {
        var body = await context.Request.ReadFromJsonAsync<JsonElement>();
        lock (_lock)
        {
            foreach (var path in body.GetProperty("prefixes").EnumerateArray())
                Files.Remove($"{bucket}/{path.GetString()}");
        }

        await SendAsync(context, Array.Empty<string>());
    }

    private StoredFile? Find(string path)
    {
        lock (_lock)
            return Files.GetValueOrDefault(path);
    }

    private static Task MissingAsync(HttpContext context) => FailAsync(context, 400, "404", "not_found", "Object not found");

    private static Task SendAsync(HttpContext context, object body) => context.Response.WriteAsJsonAsync(body, new JsonSerializerOptions());

    private static Task FailAsync(HttpContext context, int status, string inner, string error, string message)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, new { statusCode = inner, error, message });
    }

    internal sealed record StoredFile(byte[] Content, string? ContentType, string CacheControl);
}
