using Microsoft.AspNetCore.Http;

namespace Retraining.Tests.Supabase;

/// <summary>A file of <see cref="StorageServer"/>.</summary>
internal sealed record StoredFile(byte[] Content, string? ContentType, string CacheControl)
{
    /// <summary>A body is the file, or a form with the file and with what browsers cannot say in headers.</summary>
    public static async Task<StoredFile> ReceiveAsync(HttpRequest request)
    {
        using var content = new MemoryStream();
        if (!request.HasFormContentType)
        {
            await request.Body.CopyToAsync(content, request.HttpContext.RequestAborted);
            return new StoredFile(content.ToArray(), request.ContentType, request.Headers.CacheControl.ToString());
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var file = form.Files[0];
        await file.CopyToAsync(content, request.HttpContext.RequestAborted);
        return new StoredFile(content.ToArray(), file.ContentType, $"max-age={form["cacheControl"]}");
    }
}
