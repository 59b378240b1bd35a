using System.Security.Cryptography;
using Retraining.Artifacts;

namespace Retraining.Publish;

/// <summary>Reads a published version back.</summary>
public static class PublishedFiles
{
    /// <returns>A sentence for each file that is missing or is not what the manifest says.</returns>
    public static async Task<IReadOnlyList<string>> FindFaultsAsync(ModelStore models, PublishedManifest manifest, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (var file in manifest.Files)
        {
            try
            {
                await using var stream = await models.OpenFileAsync(manifest.Version, file.Path, cancellationToken);
                if (stream.Length != file.SizeBytes)
                    faults.Add($"{file.Path}: {stream.Length} bytes, expected {file.SizeBytes}");
                else if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) is var hash && hash != file.Sha256)
                    faults.Add($"{file.Path}: SHA-256 {hash}, expected {file.Sha256}");
            }
            catch (ArtifactNotFoundException error)
            {
                faults.Add(error.Message);
            }
        }

        return faults;
    }
}
