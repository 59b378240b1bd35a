using System.Text.Json;
using System.Text.Json.Serialization;

namespace Retraining.Approvals;

/// <summary>A person's answer, raised as the event <see cref="EventName"/>: <c>{"approved": true, "reason": "…", "by": "…"}</c>.</summary>
[JsonConverter(typeof(ApprovalAnswerJson))]
public sealed record ApprovalAnswer(bool Approved, string? Reason, string? By)
{
    public const string EventName = "approval";
    private const int MaxTextLength = 500;

    /// <exception cref="FormatException">It is no answer.</exception>
    public static ApprovalAnswer Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException($"a JSON {json.ValueKind}, expected an object such as {{\"approved\": true, \"reason\": \"…\"}}");
        if (!json.TryGetProperty("approved", out var approved) || approved.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw new FormatException("approved: missing or neither true nor false, expected true or false");
        return new ApprovalAnswer(approved.ValueKind == JsonValueKind.True, Text(json, "reason"), Text(json, "by"));
    }

    private static string? Text(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: <= MaxTextLength } text
            ? text.Length == 0 ? null : text
            : throw new FormatException($"{name}: expected a text of at most {MaxTextLength} characters");
    }
}
