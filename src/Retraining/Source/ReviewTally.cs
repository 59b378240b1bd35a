using System.Globalization;

namespace Retraining.Source;

/// <summary>Counts reviews while they are read.</summary>
internal sealed class ReviewTally
{
    private const int Shown = 10;

    private readonly Dictionary<string, long> _unknown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _reviewers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _videos = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _stars = new(StringComparer.Ordinal);

    public long Rows { get; private set; }

    public long Faulty { get; private set; }

    public void AddUnknown(ProductUrl product)
    {
        Rows++;
        _unknown[product.Key] = _unknown.GetValueOrDefault(product.Key) + 1;
    }

    public void AddFaulty()
    {
        Rows++;
        Faulty++;
    }

    public void Add(Review review, string videoId)
    {
        Rows++;
        _reviewers[review.ReviewerId] = _reviewers.GetValueOrDefault(review.ReviewerId) + 1;
        _videos[videoId] = _videos.GetValueOrDefault(videoId) + 1;
        var stars = review.Stars.ToString("0.0", CultureInfo.InvariantCulture);
        _stars[stars] = _stars.GetValueOrDefault(stars) + 1;
    }

    public ReviewCounts Sum(int files, long newVideos, long sharedUrls) => new()
    {
        Files = files,
        Rows = Rows,
        Faulty = Faulty,
        UnknownRows = _unknown.Values.Sum(),
        UnknownProducts = _unknown.Count,
        TopUnknown =
        [
            .. _unknown.OrderByDescending(product => product.Value).ThenBy(product => product.Key, StringComparer.Ordinal).Take(Shown)
                .Select(product => new UnknownProduct(product.Key, product.Value)),
        ],
        NewVideos = newVideos,
        SharedUrls = sharedUrls,
        Reviewers = _reviewers.Count,
        Videos = _videos.Count,
        Stars = _stars,
        RowsPerReviewer = RowBand.Of(_reviewers.Values),
        RowsPerVideo = RowBand.Of(_videos.Values),
    };
}
