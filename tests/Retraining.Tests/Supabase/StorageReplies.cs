using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Retraining.Tests.Supabase;

/// <summary>What Supabase Storage says: JSON, and errors with their real status within the body of a 400.</summary>
internal static class StorageReplies
{
    private static readonly JsonSerializerOptions AsNamed = new();

    public static Task SendAsync(HttpContext context, object body) => context.Response.WriteAsJsonAsync(body, AsNamed);

    public static Task NoBucketAsync(HttpContext context) =>
        FailAsync(context, 400, "404", "Bucket not found", "NoSuchBucket", "Bucket not found");

    public static Task MissingAsync(HttpContext context) => FailAsync(context, 400, "404", "not_found", "NoSuchKey", "Object not found");

    public static Task TooLargeAsync(HttpContext context) =>
        FailAsync(context, 400, "413", "Payload too large", "EntityTooLarge", "The object exceeded the maximum allowed size");

    public static Task FailAsync(HttpContext context, int status, string inner, string error, string code, string message)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, new { statusCode = inner, error, code, message });
    }
}
