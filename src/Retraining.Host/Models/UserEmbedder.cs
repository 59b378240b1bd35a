using Retraining.Artifacts;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Publish;
using Retraining.Serving;
using TwoTower.Model;

namespace Retraining.Host.Models;

/// <summary>Embeds single users with the live version's own files, as an edge function does, and stores the result for readers.</summary>
internal sealed class UserEmbedder(OpenVectorIndex openIndex, OpenPublishStore openStore, ResolveSettings settings, TimeProvider time)
    : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1); // one user takes milliseconds, and the tower is replaced under the same lock
    private Loaded? _loaded;

    /// <returns>The version that embedded the user.</returns>
    /// <exception cref="PermanentStageException">No version is live, or its files cannot be used.</exception>
    public async Task<string> RefreshAsync(UserPayload user, CancellationToken cancellationToken)
    {
        var inForce = settings(null);
        await using var index = openIndex(inForce.Serving);
        var live = (await index.ListVersionsAsync(cancellationToken)).FirstOrDefault(version => version.IsActive)?.Version
            ?? throw new PermanentStageException("no version is live, expected one: publish a run first");

        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_loaded?.Version != live)
            {
                var loaded = await LoadAsync(live, inForce.Publish, cancellationToken);
                _loaded?.Tower.Dispose();
                _loaded = loaded;
            }

            var rows = new SparseRows(_loaded.Users.Columns);
            _loaded.Users.Write(user, time.GetUtcNow(), rows);
            await index.StoreUserAsync(live, new EmbeddingRow(user.UserId, _loaded.Tower.Embed(rows)), cancellationToken);
        }
        finally
        {
            _one.Release();
        }

        return live;
    }

    public void Dispose()
    {
        _loaded?.Tower.Dispose();
        _one.Dispose();
    }

    private async Task<Loaded> LoadAsync(string version, PublishSettings publish, CancellationToken cancellationToken)
    {
        var store = openStore(publish);
        var folder = new ModelStore(store, publish.Prefix).FolderOf(version);
        var path = $"{folder}user_tower.onnx";
        try
        {
            var spec = await FeatureSpec.ReadAsync(store, folder, cancellationToken);
            await using var stream = await store.OpenReadAsync(path, cancellationToken);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, cancellationToken);
            return new Loaded(version, new UserVectorizer(spec), OnnxTower.Load(bytes.ToArray(), path));
        }
        catch (ArtifactNotFoundException error)
        {
            throw new PermanentStageException($"{path}: not found, expected it in the live version {version}", error);
        }
    }

    private sealed record Loaded(string Version, UserVectorizer Users, OnnxTower Tower);
}
