using System.Text.Encodings.Web;
using System.Text.Json;
using Retraining.Artifacts;

namespace Retraining.Evaluation;

/// <summary>Writes <c>gate.json</c>: every rule with value, threshold and verdict, and what was better, worse or unclear beside the champion.</summary>
internal static class GateFile
{
    public static Task<ArtifactRef> WriteAsync(
        IArtifactStore work, string path, IReadOnlyList<GateRule> rules, IReadOnlyList<GateFinding> findings, bool passed, string? overrideReason, JudgeQuality.Input input,
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
                json.WriteString("reference_version", input.Evaluation.ReferenceVersion);
                json.WriteNumber("users", input.Evaluation.Users);
                json.WriteStartArray("rules");
                foreach (var rule in rules)
                {
                    json.WriteStartObject();
                    json.WriteString("name", rule.Name);
                    json.WriteNumber("value", rule.Value);
                    json.WriteNumber("threshold", rule.Threshold);
                    WriteInterval(json, rule);
                    json.WriteBoolean("passed", rule.Passed);
                    json.WriteString("explanation", rule.Explanation);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                WriteFindings(json, findings);
                json.WriteEndObject();
            },
            WriteOptions.Private,
            cancellationToken);

    private static void WriteInterval(Utf8JsonWriter json, GateRule rule)
    {
        if (rule is not { Low: { } low, High: { } high })
            return;
        json.WriteNumber("low", low);
        json.WriteNumber("high", high);
    }

    private static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<GateFinding> findings)
    {
        json.WriteStartArray("beside_champion");
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("segment", finding.Segment);
            json.WriteString("metric", finding.Metric);
            json.WriteString("finding", finding.Finding);
            json.WriteNumber("champion", finding.Champion ?? 0);
            json.WriteNumber("difference", finding.Difference);
            json.WriteNumber("low", finding.Low);
            json.WriteNumber("high", finding.High);
            json.WriteNumber("detectable_loss", finding.DetectableLoss);
            json.WriteNumber("users", finding.Users);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
