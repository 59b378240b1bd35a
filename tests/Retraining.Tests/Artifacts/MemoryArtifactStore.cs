using System.Security.Cryptography;
using Retraining.Artifacts;

namespace Retraining.Tests.Artifacts;

/// <summary>Artifact store for tests: whole files in memory.</summary>
internal sealed class MemoryArtifactStore : IArtifactStore
{
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public string Location => "memory";

    public string Text(string path) => System.Text.Encoding.UTF8.GetString(Files[path]);

    public Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        lock (Files) // a stage may use several files at once
            return Files.TryGetValue(path, out var bytes)
                ? Task.FromResult<Stream>(new MemoryStream(bytes, writable: false))
                : throw new ArtifactNotFoundException(path, Location);
    }

    public async Task<ArtifactRef> WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await write(content, cancellationToken);
        var bytes = content.ToArray();
        lock (Files)
            Files[path] = bytes;
        return new ArtifactRef(path, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
    }

    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken)
    {
        lock (Files)
            return Task.FromResult(Files.ContainsKey(path));
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        lock (Files)
            return Task.FromResult<IReadOnlyList<string>>([.. Files.Keys.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))]);
    }

    public Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        lock (Files)
            Files.Remove(path);
        return Task.CompletedTask;
    }
}
