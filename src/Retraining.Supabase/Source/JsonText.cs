using System.Text.Json;

namespace Retraining.Supabase.Source;

/// <summary>What a JSON value says as text.</summary>
internal static class JsonText
{
    /// <returns>Null for null, for arrays and objects, and for bytes that are no UTF-8.</returns>
    public static string? Of(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
