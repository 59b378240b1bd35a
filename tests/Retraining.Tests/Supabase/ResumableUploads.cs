using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Retraining.Tests.Supabase;

/// <summary>Supabase Storage's part of the TUS protocol: parts of 6 MiB, what has arrived of a broken part counts, another offset is a conflict.</summary>
internal sealed class ResumableUploads(Action<string, StoredFile> finish)
{
    private const int PartBytes = 6 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Upload> _open = new(StringComparer.Ordinal);

    public int Created { get; private set; }

    public void Forget() => _open.Clear();

    public async Task CreateAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var metadata = headers["Upload-Metadata"].ToString().Split(',').Select(entry => entry.Split(' '))
            .ToDictionary(entry => entry[0], entry => Encoding.UTF8.GetString(Convert.FromBase64String(entry[1])));
        if (headers["Tus-Resumable"] != "1.0.0" || headers["x-upsert"] != "true")
        {
            await EndAsync(context, 412);
            return;
        }

        var id = Convert.ToHexStringLower(Encoding.UTF8.GetBytes($"{metadata["objectName"]} {++Created}"));
        var cache = metadata["cacheControl"];
        _open[id] = new Upload(
            $"{metadata["bucketName"]}/{metadata["objectName"]}", int.Parse(headers["Upload-Length"].ToString()), metadata["contentType"],
            cache.All(char.IsAsciiDigit) ? $"max-age={cache}" : "no-cache");
        context.Response.Headers.Location = $"/storage/v1/upload/resumable/{id}";
        context.Response.StatusCode = StatusCodes.Status201Created;
        // With the first part in it, as Supabase advises, or without.
        if (context.Request.ContentLength > 0)
            await ReceiveAsync(context, id, _open[id]);
    }

    public Task TellAsync(HttpContext context, string id)
    {
        if (!_open.TryGetValue(id, out var upload))
            return EndAsync(context, 404);
        context.Response.Headers["Upload-Offset"] = upload.Content.Length.ToString();
        context.Response.Headers["Upload-Length"] = upload.Length.ToString();
        return EndAsync(context, 200);
    }

    public async Task AppendAsync(HttpContext context, string id)
    {
        if (!_open.TryGetValue(id, out var upload))
        {
            await EndAsync(context, 404);
            return;
        }

        if (context.Request.Headers["Upload-Offset"] != upload.Content.Length.ToString())
        {
            await EndAsync(context, 409);
            return;
        }

        if (context.Request.ContentType != "application/offset+octet-stream"
            || (context.Request.ContentLength != PartBytes && upload.Content.Length + context.Request.ContentLength != upload.Length
                && upload.Content.Length % PartBytes == 0))
        {
            await EndAsync(context, 400);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        await ReceiveAsync(context, id, upload);
    }

    private async Task ReceiveAsync(HttpContext context, string id, Upload upload)
    {
        await context.Request.Body.CopyToAsync(upload.Content, context.RequestAborted);
        context.Response.Headers["Upload-Offset"] = upload.Content.Length.ToString();
        if (upload.Content.Length == upload.Length && _open.TryRemove(id, out _))
            finish(upload.Path, new StoredFile(upload.Content.ToArray(), upload.ContentType, upload.CacheControl));
    }

    /// <summary>As a connection that breaks within a part: half of it has arrived.</summary>
    public async Task BreakPartAsync(HttpContext context)
    {
        if (_open.TryGetValue(context.Request.Path.Value!.Split('/')[^1], out var upload))
        {
            var half = new byte[context.Request.ContentLength!.Value / 2];
            await context.Request.Body.ReadExactlyAsync(half);
            await upload.Content.WriteAsync(half);
        }

        context.Abort();
    }

    private static Task EndAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private sealed record Upload(string Path, int Length, string ContentType, string CacheControl)
    {
        public MemoryStream Content { get; } = new();
    }
}
