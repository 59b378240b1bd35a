using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Reads one row of a binary COPY, column by column in the order of the queries of <see cref="ServiceTables"/>.</summary>
/// <param name="tags">By video.</param>
/// <param name="performers">By video.</param>
/// <param name="uuids">Whether a video's id is a UUID; text otherwise.</param>
internal sealed class PostgresRows(VideoNames tags, VideoNames performers, bool uuids)
{
    private readonly KnownTexts _known = new();
    private readonly PackedVideo _video = new();

    public static (Profile?, RowFault?) Profile(CopyRow row)
    {
        var id = row.Text();
        var profile = new Profile { UserId = RowIds.Normalise(id ?? ""), DisplayName = row.Text(), CreatedAt = row.Date() };
        return id is null ? (null, Missing("user_id")) : (profile, null);
    }

    /// <returns>The same object each time.</returns>
    public (PackedVideo?, RowFault?) Video(CopyRow row)
    {
        var id = !row.Take(out var key) ? null : uuids ? new Guid(key, bigEndian: true).ToString("D") : CopyRow.TextOf(key);
        if (id is null)
            return (null, Missing("id"));
        _video.Begin(RowIds.Normalise(id));
        for (var text = 0; text < PackedVideo.SingleTexts; text++)
        {
            if (row.Take(out var utf8))
                _video.Add(utf8);
            else
                _video.AddNull();
        }

        _video.Numbers = new()
        {
            ProductReleasedAt = row.Milliseconds(),
            DistributionStartedAt = row.Milliseconds(),
            PublishedAt = row.Milliseconds(),
            CreatedAt = row.Milliseconds(),
            DurationSeconds = row.Int32(),
            Price = row.Double(),
            SafetyLevel = row.Int16(),
            IsActive = row.Bool() ?? true,
        };
        _video.AddNames(NameLists.Distinct(row.Texts(_known)));
        _video.AddNames(tags.Of(key));
        _video.AddNames(performers.Of(key));
        _video.TextVector = row.Text() is { } numbers ? VectorText.Parse(numbers) : null;
        _video.ImageVector = row.Text() is { } image ? VectorText.Parse(image) : null;
        return (_video, null);
    }

    public static (Decision?, RowFault?) Decision(CopyRow row)
    {
        var (user, video, type, date) = (row.Text(), row.Text(), row.Text(), row.Date());
        var missing = user is null ? "user_id" : video is null ? "video_id" : type is null ? "decision_type" : date is null ? "created_at" : null;
        if (missing is not null)
            return (null, Missing(missing));
        var decision = new Decision
        {
            UserId = RowIds.Normalise(user!),
            VideoId = RowIds.Normalise(video!),
            DecisionType = type!,
            CreatedAt = date!.Value,
        };
        return (decision, null);
    }

    public static RowFault Missing(string field) => new(field, "null", "a value");
}
