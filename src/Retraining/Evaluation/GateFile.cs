using System.Text.Encodings.Web;
using System.Text.Json;
using Retraining.Artifacts;

namespace Retraining.Evaluation;

/// <summary>Writes <c>gate.json</c>: every rule with value, threshold and verdict.</summary>
internal static class GateFile
{
    public static Task<ArtifactRef> WriteAsync(
        IArtifactStore work, string path, IReadOnlyList<GateRule> rules, bool passed, string? overrideReason, JudgeQuality.Input input,
        CancellationToken cancellationToken) => work.WriteAsync(
            path,
            async (stream, _) =>
            {
                var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
                await using var json = new Utf8JsonWriter(stream, options);
                json.WriteStartObject();
                json.WriteBoolean("passed", passed);
                json.WriteBoolean("publishes", passed || overrideReason is not null);
                json.WriteString("override_reason", passed ? null : overrideReason);
                json.WriteString("metric", input.Gate.Metric);
                json.WriteNumber("confidence", input.Gate.Confidence);
                json.WriteString("champion_version", input.Evaluation.ChampionVersion);
                json.WriteNumber("users", input.Evaluation.Users);
                json.WriteStartArray("rules");
                foreach (var rule in rules)
                {
                    json.WriteStartObject();
                    json.WriteString("name", rule.Name);
                    json.WriteNumber("value", rule.Value);
                    json.WriteNumber("threshold", rule.Threshold);
                    json.WriteBoolean("passed", rule.Passed);
                    json.WriteString("explanation", rule.Explanation);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            },
            WriteOptions.Private,
            cancellationToken);
}
