using Retraining.Artifacts;

namespace Retraining.Tests.Artifacts;

/// <summary>A store whose process dies at one of its changes: that one and all after it do not happen.</summary>
internal sealed class CrashingStore(IArtifactStore store, int changes) : IArtifactStore
{
    private int _left = changes;

    public string Location => store.Location;

    public Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => store.OpenReadAsync(path, cancellationToken);

    public Task<ArtifactRef> WriteAsync(string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken) =>
        store.WriteAsync(path, async (stream, token) =>
        {
            await write(stream, token);
            Change();
        }, options, cancellationToken);

    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => store.ExistsAsync(path, cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => store.ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        Change();
        return store.DeleteAsync(path, cancellationToken);
    }

    private void Change()
    {
        if (Interlocked.Decrement(ref _left) < 0)
            throw new IOException("the process was killed");
    }
}
