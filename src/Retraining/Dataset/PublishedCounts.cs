using System.Text.Json;
using Retraining.Publish;

namespace Retraining.Dataset;

/// <summary>Row counts of the snapshot that the live version was trained on, from its <c>model_meta.json</c>.</summary>
internal sealed record PublishedCounts(string Version, long Profiles, long Videos, long Interactions, long Positives)
{
    /// <returns>Null when nothing is published, or what is published does not say.</returns>
    public static async Task<PublishedCounts?> ReadAsync(ModelStore models, CancellationToken cancellationToken)
    {
        if (await models.ReadReigningAsync(cancellationToken) is not { ModelMeta.ValueKind: JsonValueKind.Object } manifest
            || !manifest.ModelMeta.TryGetProperty("data", out var data)
            || data.ValueKind != JsonValueKind.Object)
            return null;
        return new PublishedCounts(
            manifest.Version, Count(data, "profiles"), Count(data, "videos"), Count(data, "interactions"), Count(data, "positives"));
    }

    /// <summary>A count that is missing compares as 0: nothing can drop below it.</summary>
    private static long Count(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;
}
