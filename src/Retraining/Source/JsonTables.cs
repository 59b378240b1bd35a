using System.Text.Json;

namespace Retraining.Source;

/// <summary>Writes the three JSON files of a files source, one row a line; they replace older ones together, at the end.</summary>
internal sealed class JsonTables(string folder)
{
    public const string Profiles = "profiles.json";

    /// <summary>The name that a files source looks for first.</summary>
    public const string Videos = "videos_subset.json";

    public const string Decisions = "user_video_decisions.json";

    private const string Unfinished = ".tmp";

    private static readonly JsonSerializerOptions Rows = new(RowJson.Line)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.Never,
    };

    /// <returns>Rows written.</returns>
    public async Task<long> WriteAsync<T>(string name, IEnumerable<T> rows, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var file = new FileStream(Path.Combine(folder, name + Unfinished), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        var count = 0L;
        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(count++ == 0 ? "[\n"u8 : ",\n"u8);
            JsonSerializer.Serialize(file, row, Rows);
        }

        file.Write(count == 0 ? "[]\n"u8 : "\n]\n"u8);
        await file.FlushAsync(cancellationToken);
        return count;
    }

    public void Complete()
    {
        foreach (var name in new[] { Profiles, Videos, Decisions })
            File.Move(Path.Combine(folder, name + Unfinished), Path.Combine(folder, name), overwrite: true);
    }

    /// <summary>Row of the decisions file: a decision without the weight, which the service's table does not have.</summary>
    public sealed record DecisionRow(string UserId, string VideoId, string DecisionType, DateTimeOffset CreatedAt);
}
