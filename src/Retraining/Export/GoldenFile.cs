using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Retraining.Features;

namespace Retraining.Export;

/// <summary><c>golden.json</c>: raw payloads with the feature vector and the embedding that any client must get from them.</summary>
internal sealed record GoldenFile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Version { get; init; }
    public required int InputSchemaVersion { get; init; }

    /// <summary>Largest absolute difference to <see cref="User.Embedding"/> that a client may see.</summary>
    public double Tolerance { get; init; } = 1e-4;
    public required IReadOnlyList<User> Users { get; init; }
    public required IReadOnlyList<Item> Items { get; init; }

    public static GoldenFile Create(
        string version, FeatureSpec spec, IReadOnlyList<GoldenUser> users, IReadOnlyList<GoldenItem> items, OnnxTower userTower, OnnxTower itemTower) => new()
        {
            Version = version,
            InputSchemaVersion = spec.InputSchemaVersion,
            // Only what the vector is built from: the ids of people stay here.
            Users = [.. users.Select((user, i) => new User(
                user.AsOf, user.Payload with { UserId = $"golden-{i + 1}" }, user.Features, userTower.Embed(user.Features)))],
            Items = [.. items.Select(item => new Item(item.Payload, item.Features, itemTower.Embed(item.Features)))],
        };

    public Task WriteAsync(Stream stream, CancellationToken cancellationToken) =>
        JsonSerializer.SerializeAsync(stream, this, Json, cancellationToken);

    public static ValueTask<GoldenFile?> ReadAsync(Stream stream, CancellationToken cancellationToken) =>
        JsonSerializer.DeserializeAsync<GoldenFile>(stream, Json, cancellationToken);

    /// <param name="AsOf">The moment that ages and windows count back from.</param>
    public sealed record User(DateTimeOffset AsOf, UserPayload Payload, float[] Features, float[] Embedding);

    public sealed record Item(ItemPayload Payload, float[] Features, float[] Embedding);
}
