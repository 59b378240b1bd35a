using System.Text.Json;
using System.Text.Json.Serialization;

namespace Retraining.Serving;

/// <summary>
/// <c>ledger.json</c> of a file index: what is loaded, every version that was live, and which one is. Replaced whole by a rename, which is what
/// makes a switch atomic.
/// </summary>
internal sealed record FileLedger
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Loaded kinds by version.</summary>
    public IReadOnlyList<FileLoad> Loads { get; init; } = [];
    public IReadOnlyList<ModelVersion> Versions { get; init; } = [];

    /// <summary>Every switch, oldest first.</summary>
    public IReadOnlyList<FileActivation> Activations { get; init; } = [];

    [JsonIgnore]
    public ModelVersion? Live => Versions.FirstOrDefault(version => version.IsActive);

    [JsonIgnore]
    public ServedVersion? Served => Live is null
        ? null
        : new(Live.Version, Loads.Any(load => load.Version == Live.Version && load.Kind == EmbeddingKind.Users && load.PseudonymisedUsers));

    public static async Task<FileLedger> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = File.OpenRead(PathIn(folder));
            return await JsonSerializer.DeserializeAsync<FileLedger>(stream, Json, cancellationToken) ?? new();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new();
        }
    }

    public async Task WriteAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var temporary = PathIn(folder) + ".writing";
        await using (var stream = File.Create(temporary))
        {
            await JsonSerializer.SerializeAsync(stream, this, Json, cancellationToken);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, PathIn(folder), overwrite: true);
    }

    private static string PathIn(string folder) => Path.Combine(folder, "ledger.json");
}
