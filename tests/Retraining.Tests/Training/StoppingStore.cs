using Retraining.Artifacts;

namespace Retraining.Tests.Training;

/// <summary>Passes everything on, and cancels once a file of the given name is written.</summary>
internal sealed class StoppingStore(IArtifactStore inner, string stopAfter, CancellationTokenSource stop) : IArtifactStore
{
    public string Location => inner.Location;

    public Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => inner.OpenReadAsync(path, cancellationToken);

    public async Task<ArtifactRef> WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken)
    {
        var written = await inner.WriteAsync(path, write, options, cancellationToken);
        if (path.EndsWith(stopAfter, StringComparison.Ordinal))
            await stop.CancelAsync();
        return written;
    }

    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => inner.ExistsAsync(path, cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => inner.DeleteAsync(path, cancellationToken);
}
