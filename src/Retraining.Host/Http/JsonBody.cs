using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Retraining.Host.Http;

/// <summary>A request's body as JSON. Its size is limited by the server.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <returns>An undefined element when there is no body.</returns>
    /// <exception cref="BadHttpRequestException">The body is no JSON.</exception>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        if (buffer.Length == 0)
            return default;
        try
        {
            using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw new BadHttpRequestException($"the body is not JSON, expected JSON: {error.Message}", StatusCodes.Status400BadRequest, error);
        }
    }
}
