using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Retraining.Supabase;

namespace Retraining.Tests.Supabase;

/// <summary>
/// Speaks Supabase Storage's protocol on the loopback, over files in memory: buckets, public or not, upserts, lists of one folder, its errors
/// within a 400.
/// </summary>
internal sealed class StorageServer : IAsyncDisposable
{
    public const string Key = "service-role-key.for-tests-only";

    private const string Id = "8f1e5c0a-0000-4000-8000-000000000000"; // of every file; nobody asks by it

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

    /// <summary>Each with whether anybody may read it.</summary>
    public Dictionary<string, bool> Buckets { get; } = new(StringComparer.Ordinal);

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
        var parts = context.Request.Path.Value!.Trim('/').Split('/');
        if (context.Request.Method == "GET" && parts is ["storage", "v1", "object", "public", var open, ..])
        {
            await (Buckets.GetValueOrDefault(open) ? ReadAsync(context, Rest(4)) : StorageReplies.NoBucketAsync(context));
            return;
        }

        if (context.Request.Headers["apikey"] != Key || context.Request.Headers.Authorization != $"Bearer {Key}")
        {
            var message = $"Invalid Compact JWS {context.Request.Headers["apikey"]}";
            await StorageReplies.FailAsync(context, 400, "403", "Unauthorized", "InvalidJWT", message);
            return;
        }

        var answer = (context.Request.Method, parts) switch
        {
            ("GET", ["storage", "v1", "bucket", var bucket]) => Buckets.TryGetValue(bucket, out var isPublic)
                ? StorageReplies.SendAsync(context, new { id = bucket, name = bucket, @public = isPublic })
                : StorageReplies.NoBucketAsync(context),
            ("POST", ["storage", "v1", "bucket"]) => MakeBucketAsync(context),
            ("POST", ["storage", "v1", "upload", "resumable"]) => _resumable.CreateAsync(context),
            ("PATCH", ["storage", "v1", "upload", "resumable", var upload]) => _resumable.AppendAsync(context, upload),
            ("HEAD", ["storage", "v1", "upload", "resumable", var upload]) => _resumable.TellAsync(context, upload),
            ("POST", ["storage", "v1", "object", "list", var bucket]) => ListAsync(context, bucket),
            ("GET", ["storage", "v1", "object", "authenticated", ..]) => ReadAsync(context, Rest(4)),
            ("GET", ["storage", "v1", "object", "info", ..]) => TellAsync(context, Rest(4)),
            ("GET" or "HEAD", ["storage", "v1", "object", ..]) => ReadAsync(context, Rest(3)),
            ("POST" or "PUT", ["storage", "v1", "object", ..]) => WriteAsync(context, parts[3], Rest(3)),
            ("DELETE", ["storage", "v1", "object", var bucket]) => DeleteAsync(context, bucket),
            _ => StorageReplies.FailAsync(context, 404, "404", "Not Found", "NoSuchRoute", "Route not found"),
        };
        await answer;

        string Rest(int from) => string.Join('/', parts[from..]);
    }

    private async Task MakeBucketAsync(HttpContext context)
    {
        var body = await context.Request.ReadFromJsonAsync<JsonElement>();
        var isPublic = body.TryGetProperty("public", out var wanted) && wanted.ValueKind == JsonValueKind.True;
        if (Buckets.TryAdd(body.GetProperty("id").GetString()!, isPublic))
            await StorageReplies.SendAsync(context, new { name = body.GetProperty("name").GetString() });
        else
            await StorageReplies.FailAsync(context, 400, "409", "Duplicate", "BucketAlreadyExists", "The resource already exists");
    }

    private async Task WriteAsync(HttpContext context, string bucket, string path)
    {
        var file = await StoredFile.ReceiveAsync(context.Request);
        var replaces = context.Request.Method == "PUT" || context.Request.Headers["x-upsert"] == "true";
        if (!Buckets.ContainsKey(bucket))
            await StorageReplies.NoBucketAsync(context);
        else if (file.Content.Length > LargestFile)
            await StorageReplies.TooLargeAsync(context);
        else if (!replaces && Find(path) is not null)
            await StorageReplies.FailAsync(context, 400, "409", "Duplicate", "KeyAlreadyExists", "The resource already exists");
        else if (context.Request.Method == "PUT" && Find(path) is null)
            await StorageReplies.MissingAsync(context);
        else
        {
            lock (_lock)
                Files[path] = file;
            await StorageReplies.SendAsync(context, new { Key = path, Id });
        }
    }

    private async Task TellAsync(HttpContext context, string path)
    {
        if (Find(path) is not { } file)
            await StorageReplies.MissingAsync(context);
        else
            await StorageReplies.SendAsync(
                context, new { id = Id, name = path, size = file.Content.Length, content_type = file.ContentType, cache_control = file.CacheControl });
    }

    private async Task ReadAsync(HttpContext context, string path)
    {
        if (Find(path) is not { } file)
        {
            await StorageReplies.MissingAsync(context);
            return;
        }

        context.Response.ContentType = file.ContentType;
        context.Response.Headers.CacheControl = file.CacheControl;
        context.Response.ContentLength = file.Content.Length;
        if (context.Request.Method == "GET")
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
        var entries = names.Select(name => name.Split('/')).Select(parts => (Name: parts[0], IsFolder: parts.Length > 1)).Distinct()
            .OrderBy(entry => entry.Name, StringComparer.Ordinal)
            .Skip(body.GetProperty("offset").GetInt32()).Take(Math.Min(LargestList, body.GetProperty("limit").GetInt32()))
            .Select(entry => entry.IsFolder
                ? new { name = entry.Name, id = (string?)null, metadata = (object?)null }
                : new { name = entry.Name, id = (string?)Id, metadata = Metadata(prefix + entry.Name) });
        await StorageReplies.SendAsync(context, entries);
    }

    private async Task DeleteAsync(HttpContext context, string bucket)
    {
        var body = await context.Request.ReadFromJsonAsync<JsonElement>();
        var removed = new List<string>();
        lock (_lock)
        {
            foreach (var path in body.GetProperty("prefixes").EnumerateArray().Select(path => path.GetString()!))
            {
                if (Files.Remove($"{bucket}/{path}"))
                    removed.Add(path);
            }
        }

        await StorageReplies.SendAsync(context, removed.Select(path => new { name = path, bucket_id = bucket }));
    }

    private object? Metadata(string path) => Find(path) is { } file
        ? new { size = file.Content.Length, mimetype = file.ContentType, cacheControl = file.CacheControl }
        : null;

    private StoredFile? Find(string path)
    {
        lock (_lock)
            return Files.GetValueOrDefault(path);
    }
}
