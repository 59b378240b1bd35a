using System.Runtime.CompilerServices;

namespace Retraining.Source;

/// <summary>
/// Reviews joined to the videos of another source by product URL. Where the settings' kind is <c>reviews</c> they are all there is, otherwise
/// they come after that source's own decisions. A review without a date is as old as its file, in the order of its rows.
/// </summary>
/// <param name="main">The source of the videos; disposed with this one.</param>
/// <param name="settings">Files, labels and weights.</param>
/// <param name="uuidReviewers">Whether reviewers get a UUID of their own, for tables whose user ids are UUIDs.</param>
public sealed class ReviewSource(ISource main, SourceSettings settings, bool uuidReviewers = false) : ISource
{
    private readonly bool _alone = settings.Kind == "reviews";
    private readonly VideoUrls _urls = new();
    private readonly ReviewTally _tally = new();
    private readonly HashSet<string> _newProducts = new(StringComparer.Ordinal);
    private int _files;

    public string Location => $"{settings.Reviews} with the videos of {main.Location}";

    public ReviewCounts? Reviews => _tally.Sum(_files, _newProducts.Count, _urls.Shared);

    public IReadOnlyList<FetchedTable>? Fetched => main.Fetched;

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) =>
        _alone ? AsyncEnumerable.Empty<SourceRow<Profile>>() : main.ReadProfilesAsync(cancellationToken);

    public async IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in main.ReadVideosAsync(cancellationToken))
        {
            if (row.Value is { } video)
                _urls.Add(video);
            yield return row;
        }

        if (!settings.IngestUnknown)
            yield break;
        foreach (var path in ReviewFiles.Find(settings.Reviews))
        {
            await foreach (var row in new ReviewFile(path).ReadAsync(cancellationToken))
            {
                if (row.Value is { Product: var product } review && _urls.Find(product) is null && _newProducts.Add(product.Key))
                    yield return new(row.Origin, row.Row, new Video { Id = NewVideoId(product), ProductUrl = review.Url }, null);
            }
        }
    }

    public async IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_alone)
        {
            await foreach (var row in main.ReadDecisionsAsync(cancellationToken))
                yield return row.Value is { } decision ? row with { Value = decision with { Weight = decision.Weight * (float)settings.DecisionWeight } } : row;
        }

        var undated = 0L;
        foreach (var path in ReviewFiles.Find(settings.Reviews))
        {
            _files++;
            var day = DayOf(path);
            await foreach (var row in new ReviewFile(path).ReadAsync(cancellationToken))
            {
                if (row.Value is not { } review)
                {
                    _tally.AddFaulty();
                    yield return new(row.Origin, row.Row, null, row.Fault);
                }
                else if (Find(review.Product) is { } video)
                {
                    _tally.Add(review, video);
                    yield return new(row.Origin, row.Row, Decision(review, video, review.At ?? day.AddMilliseconds(undated++)), null);
                }
                else
                {
                    _tally.AddUnknown(review.Product);
                }
            }
        }
    }

    public ValueTask DisposeAsync() => main.DisposeAsync();

    private static string NewVideoId(ProductUrl product) => NamedUuid.Of($"https://{product.Key}");

    private string? Find(ProductUrl product) => _urls.Find(product) ?? (_newProducts.Contains(product.Key) ? NewVideoId(product) : null);

    private Decision Decision(Review review, string videoId, DateTimeOffset at)
    {
        var positive = review.Stars >= settings.PositiveStars;
        var weight = settings.ReviewWeight * (settings.WeightByStars ? review.Stars / 5 : 1);
        return new Decision
        {
            UserId = uuidReviewers && !Guid.TryParse(review.ReviewerId, out _) ? NamedUuid.Of($"reviewer/{review.ReviewerId}") : review.ReviewerId,
            VideoId = videoId,
            DecisionType = positive ? "like" : "nope",
            Positive = positive,
            CreatedAt = at,
            Weight = (float)weight,
        };
    }

    private DateTimeOffset DayOf(string path)
    {
        var day = settings.ReviewsDate ?? DateOnly.FromDateTime(File.GetLastWriteTimeUtc(path));
        return new(day, TimeOnly.MinValue, TimeSpan.Zero);
    }
}
