using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;

namespace Retraining.Publish;

/// <summary>Towers, schema and golden payloads of a published version.</summary>
internal sealed class PublishedModel : IDisposable
{
    private readonly FeatureSpec _spec;
    private readonly OnnxTower _users;
    private readonly OnnxTower _items;

    private PublishedModel(FeatureSpec spec, GoldenFile golden, OnnxTower users, OnnxTower items) =>
        (_spec, Golden, _users, _items) = (spec, golden, users, items);

    public GoldenFile Golden { get; }

    /// <param name="folder">Of the version, with a trailing slash.</param>
    /// <exception cref="PermanentStageException">A file cannot be used.</exception>
    /// <exception cref="ArtifactNotFoundException">A file is missing.</exception>
    public static async Task<PublishedModel> OpenAsync(IArtifactStore store, string folder, CancellationToken cancellationToken)
    {
        var spec = await FeatureSpec.ReadAsync(store, folder, cancellationToken);
        await using var stream = await store.OpenReadAsync(folder + "golden.json", cancellationToken);
        var golden = await GoldenFile.ReadAsync(stream, cancellationToken) ?? throw new JsonException($"{folder}golden.json: null, expected an object");
        var users = await LoadAsync(store, folder + "user_tower.onnx", cancellationToken);
        return new PublishedModel(spec, golden, users, await LoadAsync(store, folder + "item_tower.onnx", cancellationToken));
    }

    public IReadOnlyList<string> FindWidthFaults(PublishedManifest manifest)
    {
        var faults = new List<string>();
        Hold("feature_schema.json, embedding_dim", _spec.EmbeddingDim, manifest.EmbeddingDim);
        Hold("feature_schema.json, input_schema_version", _spec.InputSchemaVersion, manifest.InputSchemaVersion);
        Hold("user_tower.onnx, output", _users.EmbeddingDim, manifest.EmbeddingDim);
        Hold("item_tower.onnx, output", _items.EmbeddingDim, manifest.EmbeddingDim);
        Hold("user_tower.onnx, input", _users.InputDim, _spec.UserInputDim);
        Hold("item_tower.onnx, input", _items.InputDim, _spec.ItemInputDim);
        return faults;

        void Hold(string what, int found, int expected)
        {
            if (found != expected)
                faults.Add($"{what}: {found}, expected {expected}");
        }
    }

    /// <summary>Payload to features to embedding, as a client goes.</summary>
    public IReadOnlyList<string> FindGoldenFaults(PublishedManifest manifest)
    {
        var faults = new List<string?>();
        if (Golden.Version != manifest.Version)
            faults.Add($"golden.json is of version {Golden.Version}, expected {manifest.Version}");
        if (Golden.Users.Count == 0 || Golden.Items.Count == 0)
            faults.Add($"golden.json has {Golden.Users.Count} users and {Golden.Items.Count} items, expected some of each");
        var vectorizer = new UserVectorizer(_spec);
        foreach (var user in Golden.Users)
        {
            faults.Add(Embeddings.Compare($"{user.Payload.UserId}, features", user.Features, vectorizer.Vector(user.Payload, user.AsOf), Golden.Tolerance));
            faults.Add(Embed(_users, user.Payload.UserId, user.Features, user.Embedding));
        }

        // The v2 schema does not say what an item's age counts back from, so there only the tower is proven.
        var items = _spec.ItemSegments.Any(segment => segment.Reference is not null) ? new ItemVectorizer(_spec) : null;
        foreach (var item in Golden.Items)
        {
            var name = $"video {item.Payload.VideoId}";
            if (items is not null)
                faults.Add(Embeddings.Compare($"{name}, features", item.Features, items.Vector(item.Payload), Golden.Tolerance));
            faults.Add(Embed(_items, name, item.Features, item.Embedding));
        }

        return [.. faults.OfType<string>()];
    }

    public void Dispose()
    {
        _users.Dispose();
        _items.Dispose();
    }

    private string? Embed(OnnxTower tower, string who, float[] features, float[] expected) => features.Length != tower.InputDim
        ? $"{who}: {features.Length} features, expected {tower.InputDim}"
        : Embeddings.Compare($"{who}, embedding", expected, tower.Embed(features), Golden.Tolerance);

    private static async Task<OnnxTower> LoadAsync(IArtifactStore store, string path, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(path, cancellationToken);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return OnnxTower.Load(bytes.ToArray(), path);
    }
}
