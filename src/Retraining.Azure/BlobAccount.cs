using Azure.Identity;
using Azure.Storage.Blobs;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;

namespace Retraining.Azure;

/// <summary>
/// The storage account that versions are published to, or that runs keep their files in: a connection string (<c>AZURE_STORAGE_CONNECTION_STRING</c>), or the account's blob URL
/// (<c>AZURE_STORAGE_BLOB_URL</c>) with the identity that the machine has (managed identity, Azure CLI and so on).
/// </summary>
public sealed class BlobAccount(string? connectionString, string? blobUrl)
{
    public const string ConnectionStringVariable = "AZURE_STORAGE_CONNECTION_STRING";
    public const string BlobUrlVariable = "AZURE_STORAGE_BLOB_URL";

    /// <exception cref="PermanentStageException">Neither is given, or one cannot be read. The message holds no secret.</exception>
    public IArtifactStore Open(PublishSettings settings) => Open(settings.Container, "publish.kind");

    /// <param name="container">Made on the first write.</param>
    /// <param name="key">The setting that asks for Azure, for messages.</param>
    /// <exception cref="PermanentStageException">Neither is given, or one cannot be read. The message holds no secret.</exception>
    public IArtifactStore Open(string container, string key)
    {
        try
        {
            return new BlobArtifactStore(Service(key).GetBlobContainerClient(container));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new PermanentStageException(
                $"{ConnectionStringVariable} cannot be read, expected DefaultEndpointsProtocol=…;AccountName=…;AccountKey=…");
        }
    }

    private BlobServiceClient Service(string key)
    {
        if (!string.IsNullOrEmpty(connectionString))
            return new BlobServiceClient(connectionString);
        if (Uri.TryCreate(blobUrl, UriKind.Absolute, out var url))
            return new BlobServiceClient(url, new DefaultAzureCredential());
        throw new PermanentStageException(
            $"{key} is azure-blob, but neither {ConnectionStringVariable} nor {BlobUrlVariable} (https://ACCOUNT.blob.core.windows.net) is set");
    }
}
