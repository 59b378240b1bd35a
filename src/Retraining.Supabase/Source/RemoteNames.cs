using System.Text.Json;
using Retraining.Source;

namespace Retraining.Supabase.Source;

/// <summary>Tags or performers by video, read from what is kept of their tables.</summary>
internal sealed class RemoteNames
{
    private readonly Dictionary<string, List<string>> _byVideo = new(StringComparer.Ordinal);

    /// <param name="links">Of (video_id, name), or of (video_id, id of a name); null where there is no such table.</param>
    /// <param name="names">Of (id, name); null where the links name them.</param>
    /// <param name="byId">Whether the links hold ids.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<RemoteNames> ReadAsync(KeptTable? links, KeptTable? names, bool byId, CancellationToken cancellationToken)
    {
        // One object a name: a million links share a few thousand.
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var (id, name) in PairsAsync(names, cancellationToken))
            known[id] = name;
        var read = new RemoteNames();
        await foreach (var (video, link) in PairsAsync(links, cancellationToken))
        {
            if (!known.TryGetValue(link, out var name))
            {
                if (byId)
                    continue;
                known.Add(link, name = link);
            }

            var id = RowIds.Normalise(video);
            (read._byVideo.TryGetValue(id, out var list) ? list : read._byVideo[id] = []).Add(name);
        }

        return read;
    }

    /// <summary>A video's names as a <see cref="Video"/> has them.</summary>
    public string[] Of(string videoId) => _byVideo.TryGetValue(videoId, out var names) ? NameLists.Distinct(names) : [];

    /// <summary>The two columns of each row that has both, whatever they are called.</summary>
    private static async IAsyncEnumerable<(string First, string Second)> PairsAsync(
        KeptTable? table, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (table is null)
            yield break;
        await foreach (var row in table.ReadAsync(cancellationToken))
        {
            if (!row.IsCut && Pair(table.Columns, row.Text) is { } pair)
                yield return pair;
        }
    }

    private static (string, string)? Pair(IReadOnlyList<string> columns, ReadOnlyMemory<byte> row)
    {
        using var document = JsonDocument.Parse(row);
        return RestCursor.KeyOf(columns, document.RootElement) is [var first, var second] ? (first, second) : null;
    }
}
