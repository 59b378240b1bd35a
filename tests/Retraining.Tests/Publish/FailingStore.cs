using Retraining.Artifacts;

namespace Retraining.Tests.Publish;

/// <summary>A store whose writes fail from a given one on, for as many times as told, or flip a bit on the way.</summary>
internal sealed class FailingStore(IArtifactStore inner) : IArtifactStore
{
    public int WritesBeforeFailure { get; set; } = int.MaxValue;
    public int Failures { get; set; } = int.MaxValue;
    public bool FlipsBit { get; set; }

    /// <summary>Paths in the order in which they were written.</summary>
    public List<string> Written { get; } = [];

    public string Location => inner.Location;

    public Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => inner.OpenReadAsync(path, cancellationToken);

    public Task<ArtifactRef> WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken)
    {
        if (WritesBeforeFailure-- <= 0 && Failures-- > 0)
            throw new IOException("No space left on device");
        Written.Add(path);
        return FlipsBit ? FlippedAsync(path, write, options, cancellationToken) : inner.WriteAsync(path, write, options, cancellationToken);
    }

    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => inner.ExistsAsync(path, cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => inner.DeleteAsync(path, cancellationToken);

    private Task<ArtifactRef> FlippedAsync(
        string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken) =>
        inner.WriteAsync(path, async (stream, token) =>
        {
            using var content = new MemoryStream();
            await write(content, token);
            var bytes = content.ToArray();
            bytes[0] ^= 1;
            await stream.WriteAsync(bytes, token);
        }, options, cancellationToken);
}
