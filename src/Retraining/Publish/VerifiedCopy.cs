using System.Security.Cryptography;
using Retraining.Artifacts;

namespace Retraining.Publish;

/// <summary>Copies files between stores and proves by hash that they arrived.</summary>
internal static class VerifiedCopy
{
    /// <summary>Copies a file and reads it back. A file that is there already with the same content is left alone.</summary>
    /// <exception cref="IOException">What was read, or what arrived, is not what <paramref name="sha256"/> says.</exception>
    public static async Task CopyAsync(
        IArtifactStore from, string source, string sha256, IArtifactStore to, string target, WriteOptions options, CancellationToken cancellationToken)
    {
        if (await HashAsync(to, target, cancellationToken) == sha256)
            return;

        await using (var content = await from.OpenReadAsync(source, cancellationToken))
        {
            var written = await to.WriteAsync(target, async (stream, token) =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var buffer = new byte[1 << 16];
                for (int read; (read = await content.ReadAsync(buffer, token)) > 0;)
                {
                    hash.AppendData(buffer, 0, read);
                    await stream.WriteAsync(buffer.AsMemory(0, read), token);
                }

                Require(Convert.ToHexStringLower(hash.GetHashAndReset()), sha256, $"{source} in {from.Location}");
            }, options, cancellationToken);
            Require(written.Sha256, sha256, $"{target} on its way to {to.Location}");
        }

        Require(await HashAsync(to, target, cancellationToken) ?? "nothing", sha256, $"{target} in {to.Location}");
    }

    /// <returns>Lower-case hex, or null when there is no such file.</returns>
    public static async Task<string?> HashAsync(IArtifactStore store, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await store.OpenReadAsync(path, cancellationToken);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        }
        catch (ArtifactNotFoundException)
        {
            return null;
        }
    }

    private static void Require(string found, string expected, string where)
    {
        if (found != expected)
            throw new IOException($"{where}: SHA-256 {found}, expected {expected}");
    }
}
