using System.Text.Json;
using Retraining.Artifacts;

namespace Retraining.Evaluation;

/// <summary>What the evaluation found beside the champion: every ranking metric at the gate's cut-off, and the gate's metric in every segment.</summary>
internal static class GateFindings
{
    private static readonly string[] Kinds = ["recall", "precision", "map", "ndcg", "mrr"];

    /// <param name="evaluation"><c>evaluation.json</c>.</param>
    /// <param name="metric">The gate's.</param>
    /// <returns>The gate's metric first; empty when there was no champion.</returns>
    public static async Task<IReadOnlyList<GateFinding>> ReadAsync(
        IArtifactStore work, ArtifactRef evaluation, string metric, CancellationToken cancellationToken)
    {
        await using var stream = await work.OpenReadAsync(evaluation.Path, cancellationToken);
        using var file = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        if (!file.RootElement.TryGetProperty("differences", out var differences) || !differences.TryGetProperty("champion", out var champion))
            return [];

        var means = file.RootElement.GetProperty("models").GetProperty("champion");
        var cutOff = metric[metric.IndexOf('@', StringComparison.Ordinal)..];
        var metrics = Kinds.Select(kind => kind + cutOff).OrderBy(name => name == metric ? 0 : 1);
        return [
            .. metrics.SelectMany(name => Of(Segment.All, champion.GetProperty("metrics"), means.GetProperty("metrics"), name)),
            .. champion.GetProperty("segments").EnumerateObject()
                .SelectMany(segment => Of(segment.Name, segment.Value, means.GetProperty("segments").GetProperty(segment.Name), metric)),
        ];
    }

    private static IEnumerable<GateFinding> Of(string segment, JsonElement differences, JsonElement champion, string metric)
    {
        if (!differences.TryGetProperty(metric, out var found) || found.GetProperty("low").ValueKind != JsonValueKind.Number)
            return [];
        double Number(string name) => found.GetProperty(name).ValueKind == JsonValueKind.Number ? found.GetProperty(name).GetDouble() : 0;
        var users = found.GetProperty("users").GetInt32();
        var mean = champion.GetProperty(metric).GetProperty("mean").GetDouble();
        return [new(segment, metric, users, Number("mean"), Number("low"), Number("high"), Number("detectable_loss"), mean)];
    }
}
