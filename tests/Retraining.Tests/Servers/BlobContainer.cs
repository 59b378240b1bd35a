using System.Security.Cryptography;
using Azure.Storage.Blobs;

namespace Retraining.Tests.Servers;

/// <summary>One container of Azurite, looked at from outside.</summary>
internal sealed class BlobContainer(string name)
{
    private readonly BlobContainerClient _blobs = new(LocalServer.Azurite.Address, name);

    /// <summary>Paths and hashes of all that is in it, in order.</summary>
    public async Task<IReadOnlyList<string>> HashesAsync(CancellationToken cancellationToken)
    {
        var hashes = new List<string>();
        await foreach (var blob in _blobs.GetBlobsAsync(cancellationToken: cancellationToken))
        {
            var content = await _blobs.GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken);
            hashes.Add($"{blob.Name} {Convert.ToHexStringLower(SHA256.HashData(content.Value.Content))}");
        }

        return [.. hashes.Order(StringComparer.Ordinal)];
    }

    public async Task<bool> HasAsync(string path, CancellationToken cancellationToken) =>
        await _blobs.GetBlobClient(path).ExistsAsync(cancellationToken);

    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await foreach (var blob in _blobs.GetBlobsAsync(cancellationToken: cancellationToken))
            await _blobs.DeleteBlobAsync(blob.Name, cancellationToken: cancellationToken);
    }
}
