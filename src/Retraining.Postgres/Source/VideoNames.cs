using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>
/// Tags or performers by video. They are read as they lie in their table: putting them together here is faster than an aggregate there.
/// </summary>
internal sealed class VideoNames
{
    private readonly KnownBytes _known = new();
    private readonly KnownBytes _videos = new();

    /// <summary>By number of <see cref="_known"/>; null for a blank one.</summary>
    private readonly List<string?> _texts = [];

    /// <summary>By video its newest link.</summary>
    private readonly List<int> _newest = [];

    /// <summary>Each the number of a name, and the number of the same video's link before it, or -1.</summary>
    private readonly List<(int Name, int Before)> _links = [];
    private readonly List<string> _names = [];

    /// <summary>Adds a row of (video_id, name text); one without either is left out.</summary>
    public void Add(CopyRow row)
    {
        if (!row.Take(out var id) || !row.Take(out var text))
            return;
        var name = _known.Add(text);
        if (name == _texts.Count)
            _texts.Add(CopyRow.TextOf(text));
        if (_texts[name] is null)
            return;
        var video = _videos.Add(id);
        if (video == _newest.Count)
            _newest.Add(-1);
        _links.Add((name, _newest[video]));
        _newest[video] = _links.Count - 1;
    }

    /// <param name="videoId">The bytes as they were added.</param>
    /// <returns>The names as a <see cref="Video"/> has them.</returns>
    public string[] Of(ReadOnlySpan<byte> videoId)
    {
        var video = _videos.Find(videoId);
        if (video < 0)
            return [];
        _names.Clear();
        for (var link = _newest[video]; link >= 0; link = _links[link].Before)
            _names.Add(_texts[_links[link].Name]!);
        return NameLists.Distinct(_names);
    }
}
