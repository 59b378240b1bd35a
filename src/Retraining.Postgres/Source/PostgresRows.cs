using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Reads one row of a binary COPY, column by column in the order of the queries of <see cref="ServiceTables"/>.</summary>
/// <param name="tags">By video.</param>
/// <param name="performers">By video.</param>
/// <param name="uuids">Whether a video's id is a UUID; text otherwise.</param>
internal sealed class PostgresRows(VideoNames tags, VideoNames performers, bool uuids)
{
    private readonly KnownTexts _known = new();

    public static (Profile?, RowFault?) Profile(CopyRow row)
    {
        var id = row.Text();
        var profile = new Profile { UserId = RowIds.Normalise(id ?? ""), DisplayName = row.Text(), CreatedAt = row.Date() };
        return id is null ? (null, Missing("user_id")) : (profile, null);
    }

    public (Video?, RowFault?) Video(CopyRow row)
    {
        var id = !row.Take(out var key) ? null : uuids ? new Guid(key, bigEndian: true).ToString("D") : CopyRow.TextOf(key);
        var video = new Video
        {
            Id = RowIds.Normalise(id ?? ""),
            ExternalId = row.Text(),
            Title = row.Text(),
            Description = row.Text(),
            Maker = row.Text(_known),
            Label = row.Text(_known),
            Series = row.Text(_known),
            Director = row.Text(_known),
            Source = row.Text(_known),
            ProductUrl = row.Text(),
            ThumbnailUrl = row.Text(),
            ProductReleasedAt = row.Date(),
            DistributionStartedAt = row.Date(),
            PublishedAt = row.Date(),
            CreatedAt = row.Date(),
            DurationSeconds = row.Int32(),
            Price = row.Double(),
            SafetyLevel = row.Int16(),
            IsActive = row.Bool() ?? true,
            RegionCodes = NameLists.Distinct(row.Texts(_known)),
            TextVector = row.Text() is { } text ? VectorText.Parse(text) : null,
            ImageVector = row.Text() is { } image ? VectorText.Parse(image) : null,
            Tags = tags.Of(key),
            Performers = performers.Of(key),
        };
        return id is null ? (null, Missing("id")) : (video, null);
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
