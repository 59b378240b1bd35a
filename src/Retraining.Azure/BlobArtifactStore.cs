using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Azure;

/// <summary>Artifacts in a container of Azure Blob Storage. The container is made on the first write.</summary>
public sealed class BlobArtifactStore(BlobContainerClient container) : IArtifactStore
{
    private const int SmallBytes = 1 << 20;
    private bool _containerExists;

    public string Location => new UriBuilder(container.Uri) { Query = "" }.Uri.ToString();

    public async Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            // A small one comes whole in one answer, so that a pointer can be replaced under its readers. A larger one that is replaced
            // while it is read ends the read with an error, never with a mix.
            var properties = (await Blob(path).GetPropertiesAsync(cancellationToken: cancellationToken)).Value;
            if (properties.ContentLength <= SmallBytes)
                return (await Blob(path).DownloadContentAsync(cancellationToken)).Value.Content.ToStream();
            return await Blob(path).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            throw new ArtifactNotFoundException(path, Location);
        }
        catch (RequestFailedException error) when (IsRefused(error))
        {
            throw Refused(path, error);
        }
    }

    public async Task<ArtifactRef> WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await EnsureContainerAsync(cancellationToken);
            await using var upload = new BlockStagingStream(Blob(path));
            await write(upload, cancellationToken);
            var headers = new BlobHttpHeaders { CacheControl = options.CacheControl, ContentType = ContentTypes.Of(path) };
            var sha256 = await upload.CommitAsync(headers, cancellationToken);
            return new ArtifactRef(path, sha256, upload.Length);
        }
        catch (RequestFailedException error) when (IsRefused(error))
        {
            throw Refused(path, error);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            throw new PermanentStageException(
                $"{path} in {Location}: there is no such container and no right to make one, expected it to be there", error);
        }
    }

    public async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) =>
        (await Blob(path).ExistsAsync(cancellationToken)).Value;

    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var paths = new List<string>();
        try
        {
            await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
                paths.Add(blob.Name);
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return [];
        }

        paths.Sort(StringComparer.Ordinal);
        return paths;
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await Blob(path).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // The container is missing, so the file is.
        }
    }

    private async Task EnsureContainerAsync(CancellationToken cancellationToken)
    {
        if (_containerExists)
            return;

        try
        {
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status == 403)
        {
            // A signature of one container cannot make it. Whether it is there, the write tells.
        }

        _containerExists = true;
    }

    private BlockBlobClient Blob(string path) => container.GetBlockBlobClient(path);

    private static bool IsRefused(RequestFailedException error) => error.Status is 401 or 403;

    private PermanentStageException Refused(string path, RequestFailedException error) =>
        new($"{path} in {Location}: refused with {error.Status} {error.ErrorCode}, expected the right to read and write blobs", error);
}
