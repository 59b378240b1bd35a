using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;
using Retraining.Publish;
using TwoTower.Model;

namespace Retraining.Host.Models;

/// <summary>The user tower of one version in memory. Closed when the last one has returned it; whoever opened it is the first.</summary>
internal sealed class LoadedTower
{
    private readonly UserVectorizer _users;
    private readonly OnnxTower _tower;
    private int _renters = 1;

    private LoadedTower(string version, UserVectorizer users, OnnxTower tower) => (Version, _users, _tower) = (version, users, tower);

    public string Version { get; }

    /// <exception cref="PermanentStageException">A file is missing, cannot be used, or has other widths than the schema.</exception>
    public static async Task<LoadedTower> OpenAsync(IArtifactStore store, string prefix, string version, CancellationToken cancellationToken)
    {
        var folder = PublishPaths.VersionFolder(prefix, version);
        var path = $"{folder}user_tower.onnx";
        try
        {
            var spec = await FeatureSpec.ReadAsync(store, folder, cancellationToken);
            await using var stream = await store.OpenReadAsync(path, cancellationToken);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, cancellationToken);
            var tower = OnnxTower.Load(bytes.ToArray(), path, threads: 1); // one row: threads would only wait
            try
            {
                tower.Require(spec.UserInputDim, spec.EmbeddingDim);
                return new LoadedTower(version, new UserVectorizer(spec), tower);
            }
            catch (PermanentStageException)
            {
                tower.Dispose();
                throw;
            }
        }
        catch (ArtifactNotFoundException error)
        {
            throw new PermanentStageException($"{path}: not found, expected it in the live version {version}", error);
        }
    }

    public LoadedTower Rent()
    {
        Interlocked.Increment(ref _renters);
        return this;
    }

    public void Return()
    {
        if (Interlocked.Decrement(ref _renters) == 0)
            _tower.Dispose();
    }

    /// <returns>[embedding_dim], unit norm.</returns>
    public float[] Embed(UserPayload user, DateTimeOffset asOf)
    {
        var rows = new SparseRows(_users.Columns);
        _users.Write(user, asOf, rows);
        return _tower.Embed(rows);
    }
}
