using System.Text;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Tags or performers by video. They are read as they lie in their table: putting them together here is faster than an aggregate there.</summary>
internal sealed class VideoNames
{
    private const int MaxIdLength = 256;

    private readonly Dictionary<string, List<string>> _names = new(StringComparer.Ordinal);
    private readonly KnownTexts _known = new();

    /// <summary>Adds a row of (video_id text, name text); one without either is left out.</summary>
    public void Add(CopyRow row)
    {
        if (!row.Take(out var id) || row.Text(_known) is not { } name || id.Length > MaxIdLength)
            return;
        Span<char> chars = stackalloc char[MaxIdLength];
        ReadOnlySpan<char> video = chars[..Encoding.UTF8.GetChars(id, chars)];
        var lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(video, out var names))
            _names.Add(video.ToString(), names = new List<string>(4));
        names.Add(name);
    }

    /// <summary>A video's names as a <see cref="Video"/> has them.</summary>
    public string[] Take(string videoId) => _names.Remove(videoId, out var names) ? NameLists.Distinct(names) : [];
}
