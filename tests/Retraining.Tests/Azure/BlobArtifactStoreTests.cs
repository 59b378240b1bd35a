using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Retraining.Artifacts;
using Retraining.Azure;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Azure;

public sealed class BlobArtifactStoreTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [AzuriteFact]
    public async Task WriteAsync_SeveralBlocks_ArriveWithHashAndHeaders()
    {
        var content = new byte[(4 << 20) * 2 + 17];
        new Random(1).NextBytes(content);
        var store = Store();

        // Odd pieces, at once and awaited, so that blocks end in the middle of one.
        var written = await store.WriteAsync("two-tower/v3/20260601_000000/user_tower.onnx", async (stream, token) =>
        {
            WriteNow(stream, content.AsSpan(0, 5_000_001));
            await stream.WriteAsync(content.AsMemory(5_000_001), token);
        }, WriteOptions.Immutable, CancellationToken.None);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), written.Sha256);
        Assert.Equal(content.Length, written.SizeBytes);
        await using var stream = await store.OpenReadAsync(written.Path, CancellationToken.None);
        Assert.Equal(SHA256.HashData(content), await SHA256.HashDataAsync(stream));
        var properties = (await Container().GetBlobClient(written.Path).GetPropertiesAsync()).Value;
        Assert.Equal("public, max-age=31536000, immutable", properties.CacheControl);
        Assert.Equal("application/octet-stream", properties.ContentType);
        Assert.Equal(written.Sha256, properties.Metadata["sha256"]);
    }

    [AzuriteFact]
    public async Task OpenReadAsync_Seek_ReadsFromThere()
    {
        var store = Store();
        await WriteAsync(store, "seek.json", "0123456789");
        await using var stream = await store.OpenReadAsync("seek.json", CancellationToken.None);
        stream.Seek(-3, SeekOrigin.End);
        using var reader = new StreamReader(stream);
        Assert.Equal("789", await reader.ReadToEndAsync());
    }

    [AzuriteFact]
    public async Task WriteAsync_WriterFails_KeepsTheOldFile()
    {
        var store = Store();
        await WriteAsync(store, "kept.json", "old");
        await Assert.ThrowsAsync<IOException>(() => store.WriteAsync("kept.json", async (stream, token) =>
        {
            await stream.WriteAsync(new byte[5 << 20], token);
            throw new IOException("disk full");
        }, WriteOptions.Pointer, CancellationToken.None));
        Assert.Equal("old", await ReadAsync(store, "kept.json"));
    }

    [AzuriteFact]
    public async Task WriteAsync_EmptyFile_Exists()
    {
        var store = Store();
        await WriteAsync(store, "empty.txt", "");
        Assert.True(await store.ExistsAsync("empty.txt", CancellationToken.None));
        Assert.Equal("", await ReadAsync(store, "empty.txt"));
    }

    [AzuriteFact]
    public async Task ListAsync_Prefix_GivesPathsInOrdinalOrder()
    {
        var store = Store();
        foreach (var path in new[] { "list/b", "list/B", "list/a/x", "listing" })
            await WriteAsync(store, path, path);
        await store.DeleteAsync("list/b", CancellationToken.None);
        await store.DeleteAsync("list/never", CancellationToken.None);
        Assert.Equal(["list/B", "list/a/x"], await store.ListAsync("list/", CancellationToken.None));
    }

    [AzuriteFact]
    public async Task OpenReadAsync_NoSuchFileOrContainer_SaysSo()
    {
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => Store().OpenReadAsync("none", CancellationToken.None));
        var empty = new BlobArtifactStore(new BlobContainerClient(azurite.ConnectionString, "never-made"));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => empty.OpenReadAsync("none", CancellationToken.None));
        Assert.False(await empty.ExistsAsync("none", CancellationToken.None));
        Assert.Empty(await empty.ListAsync("", CancellationToken.None));
        await empty.DeleteAsync("none", CancellationToken.None);
    }

    [AzuriteFact]
    public async Task WriteAsync_WrongKey_IsPermanentAndHoldsNoKey()
    {
        var key = Convert.ToBase64String(new byte[48]);
        var parts = azurite.ConnectionString.Split(';').Select(part => part.StartsWith("AccountKey", StringComparison.Ordinal) ? "AccountKey=" + key : part);
        var store = new BlobAccount(string.Join(';', parts), null).Open(new PublishSettings { Container = azurite.Container });
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => WriteAsync(store, "x", "x"));
        Assert.Contains("refused with 403", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountKey=secret", "cannot be read")]
    [InlineData(null, "neither AZURE_STORAGE_CONNECTION_STRING nor AZURE_STORAGE_BLOB_URL")]
    public void Open_NoUsableAddress_SaysWhatIsExpected(string? connectionString, string expected)
    {
        var error = Assert.Throws<PermanentStageException>(() => new BlobAccount(connectionString, null).Open(new PublishSettings()));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task Open_SharedAccessSignature_WritesReadsAndListsUntilItExpires()
    {
        await WriteAsync(Store(), "there", "the container");
        var valid = BySignature(TimeSpan.FromHours(1));
        await WriteAsync(valid, "signed/a.json", "{}");
        Assert.Equal("{}", await ReadAsync(valid, "signed/a.json"));
        Assert.Equal(["signed/a.json"], await valid.ListAsync("signed/", CancellationToken.None));
        await valid.DeleteAsync("signed/a.json", CancellationToken.None);
        Assert.DoesNotContain("sig=", valid.Location, StringComparison.Ordinal);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => WriteAsync(BySignature(TimeSpan.FromHours(-1)), "x", "x"));
        Assert.Contains("refused with 403", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", error.Message, StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task Open_SignatureOfOneContainer_WritesThereAndSaysWhenItIsMissing()
    {
        await WriteAsync(Store(), "there", "the container");
        var there = ByContainerSignature(azurite.Container);
        await WriteAsync(there, "signed/b.json", "{}");
        Assert.Equal("{}", await ReadAsync(there, "signed/b.json"));
        Assert.Equal(["signed/b.json"], await there.ListAsync("signed/", CancellationToken.None));
        await there.DeleteAsync("signed/b.json", CancellationToken.None);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => WriteAsync(ByContainerSignature("never-made"), "x", "x"));
        Assert.Contains("no such container and no right to make one", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", error.Message, StringComparison.Ordinal);
    }

    /// <summary>With the rights that the guide names, on one container.</summary>
    private IArtifactStore ByContainerSignature(string container)
    {
        const BlobContainerSasPermissions Rights = BlobContainerSasPermissions.Read | BlobContainerSasPermissions.Write | BlobContainerSasPermissions.Create
            | BlobContainerSasPermissions.Delete | BlobContainerSasPermissions.List;
        var account = new BlobServiceClient(azurite.ConnectionString);
        var signature = account.GetBlobContainerClient(container).GenerateSasUri(Rights, DateTimeOffset.UtcNow.AddHours(1)).Query.TrimStart('?');
        return new BlobAccount($"BlobEndpoint={account.Uri};SharedAccessSignature={signature}", null).Open(new PublishSettings { Container = container });
    }

    private IArtifactStore BySignature(TimeSpan ends)
    {
        var account = new BlobServiceClient(azurite.ConnectionString);
        var now = DateTimeOffset.UtcNow;
        var signature = new AccountSasBuilder(AccountSasPermissions.All, now + ends, AccountSasServices.Blobs, AccountSasResourceTypes.All) { StartsOn = now.AddHours(-2) };
        var connection = $"BlobEndpoint={account.Uri};SharedAccessSignature={account.GenerateAccountSasUri(signature).Query.TrimStart('?')}";
        return new BlobAccount(connection, null).Open(new PublishSettings { Container = azurite.Container });
    }

    private IArtifactStore Store() => new BlobAccount(azurite.ConnectionString, null).Open(new PublishSettings { Container = azurite.Container });

    private BlobContainerClient Container() => new(azurite.ConnectionString, azurite.Container);

    private static void WriteNow(Stream stream, ReadOnlySpan<byte> content) => stream.Write(content);

    private static Task<ArtifactRef> WriteAsync(IArtifactStore store, string path, string text) => store.WriteAsync(
        path, (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask(), WriteOptions.Pointer, CancellationToken.None);

    private static async Task<string> ReadAsync(IArtifactStore store, string path)
    {
        await using var stream = await store.OpenReadAsync(path, CancellationToken.None);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
