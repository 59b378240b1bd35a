namespace Retraining.Source;

/// <summary>Finds videos by product URL, whatever its spelling.</summary>
internal sealed class VideoUrls
{
    private readonly Dictionary<string, string> _byKey = new(StringComparer.Ordinal);

    /// <summary>Null where several videos differ in their query alone.</summary>
    private readonly Dictionary<string, string?> _byPage = new(StringComparer.Ordinal);

    /// <summary>Videos whose URL another one has too; the one with the first id in ordinal order counts.</summary>
    public long Shared { get; private set; }

    public void Add(Video video)
    {
        if (video.ProductUrl is not { } text || !ProductUrl.TryParse(text, out var url))
            return;
        if (_byKey.TryGetValue(url.Key, out var other))
        {
            if (other == video.Id)
                return;
            Shared++;
            if (string.CompareOrdinal(other, video.Id) <= 0)
                return;
        }

        _byKey[url.Key] = video.Id;
        if (url.Query.Length > 0)
            _byPage[url.Page] = _byPage.TryGetValue(url.Page, out var onPage) && onPage != other ? null : video.Id;
    }

    /// <summary>
    /// The video of that very URL; else of that page, where only one of the two has a query: two queries that differ may be two products.
    /// </summary>
    public string? Find(ProductUrl url)
    {
        if (_byKey.TryGetValue(url.Key, out var id))
            return id;
        return url.Query.Length > 0 ? _byKey.GetValueOrDefault(url.Page) : _byPage.GetValueOrDefault(url.Page);
    }
}
