using System.Text.Json;
using System.Text.Json.Serialization;

namespace Retraining.Approvals;

/// <summary>Reads an event that came from anywhere: what is no answer counts as a no, so that it neither publishes nor breaks the run.</summary>
internal sealed class ApprovalAnswerJson : JsonConverter<ApprovalAnswer>
{
    public override bool HandleNull => true;

    public override ApprovalAnswer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            return ApprovalAnswer.Read(document.RootElement);
        }
        catch (FormatException error)
        {
            return new ApprovalAnswer(false, $"the answer cannot be read ({error.Message})", By: null);
        }
    }

    public override void Write(Utf8JsonWriter writer, ApprovalAnswer value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("approved", value.Approved);
        writer.WriteString("reason", value.Reason);
        writer.WriteString("by", value.By);
        writer.WriteEndObject();
    }
}
