using System.Security.Cryptography;
using System.Text;

namespace Retraining.Artifacts;

/// <summary>Encrypts files before another store gets them; names stay readable. Each file is held in memory while it is written or read.</summary>
/// <remarks>AES-256-GCM under a key derived by HKDF-SHA-256; a file is its nonce, its tag and the text, bound to its path.</remarks>
internal sealed class SealedStore(IArtifactStore store, byte[] secret) : IArtifactStore
{
    private const int NonceBytes = 12, TagBytes = 16;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "kept rows"u8.ToArray());

    public string Location => store.Location;

    /// <exception cref="InvalidDataException">The file was not written with this key.</exception>
    public async Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = await store.OpenReadAsync(path, cancellationToken);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancellationToken);
        var whole = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        if (whole.Length < NonceBytes + TagBytes)
            throw new InvalidDataException($"{path}: {whole.Length} bytes, expected an encrypted file");
        var text = new byte[whole.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        try
        {
            var tag = whole.Span.Slice(NonceBytes, TagBytes);
            cipher.Decrypt(whole.Span[..NonceBytes], whole.Span[(NonceBytes + TagBytes)..], tag, text, Encoding.UTF8.GetBytes(path));
        }
        catch (CryptographicException error)
        {
            throw new InvalidDataException($"{path}: cannot be decrypted, expected a file written with the key that is set", error);
        }

        return new MemoryStream(text, writable: false);
    }

    /// <returns>Hash and size of the content, not of what is stored.</returns>
    public async Task<ArtifactRef> WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await write(content, cancellationToken);
        var text = content.GetBuffer().AsMemory(0, (int)content.Length);
        var whole = new byte[NonceBytes + TagBytes + text.Length];
        RandomNumberGenerator.Fill(whole.AsSpan(0, NonceBytes));
        using (var cipher = new AesGcm(_key, TagBytes))
        {
            var tag = whole.AsSpan(NonceBytes, TagBytes);
            cipher.Encrypt(whole.AsSpan(0, NonceBytes), text.Span, whole.AsSpan(NonceBytes + TagBytes), tag, Encoding.UTF8.GetBytes(path));
        }

        await store.WriteAsync(path, (stream, token) => stream.WriteAsync(whole, token).AsTask(), options, cancellationToken);
        return new ArtifactRef(path, Convert.ToHexStringLower(SHA256.HashData(text.Span)), text.Length);
    }

    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => store.ExistsAsync(path, cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        store.ListAsync(prefix, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => store.DeleteAsync(path, cancellationToken);
}
