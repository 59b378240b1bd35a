using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Retraining.Supabase.Storage;

/// <summary>What Supabase Storage says when it does not do what was asked: often with 400 outside and the real status in the body.</summary>
/// <param name="Status">The real status.</param>
/// <param name="Text">Its words, for messages; no secrets.</param>
internal sealed record StorageAnswer(int Status, string Text)
{
    public bool IsMissing => Status == (int)HttpStatusCode.NotFound;

    public bool IsRefused => Status is (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden;

    public bool IsConflict => Status == (int)HttpStatusCode.Conflict;

    public static async Task<StorageAnswer> ReadAsync(SupabaseClient client, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        return new StorageAnswer(Inner(body) ?? (int)response.StatusCode, client.Tell(response, body));
    }

    private static int? Inner(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("statusCode", out var status))
                return null;
            return int.TryParse(status.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
