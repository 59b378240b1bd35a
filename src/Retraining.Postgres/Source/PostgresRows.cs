using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Reads one row of a binary COPY, column by column in the order of the queries of <see cref="ServiceTables"/>.</summary>
internal static class PostgresRows
{
    public static async ValueTask<(Profile?, RowFault?)> ProfileAsync(NpgsqlBinaryExporter row, CancellationToken cancellationToken)
    {
        var id = await TextAsync(row, cancellationToken);
        var profile = new Profile
        {
            UserId = RowIds.Normalise(id ?? ""),
            DisplayName = Filled(await TextAsync(row, cancellationToken)),
            CreatedAt = await DateAsync(row, cancellationToken),
        };
        return id is null ? (null, Missing("user_id")) : (profile, null);
    }

    public static async ValueTask<(Video?, RowFault?)> VideoAsync(NpgsqlBinaryExporter row, CancellationToken cancellationToken)
    {
        var id = await TextAsync(row, cancellationToken);
        var video = new Video
        {
            Id = RowIds.Normalise(id ?? ""),
            ExternalId = Filled(await TextAsync(row, cancellationToken)),
            Title = Filled(await TextAsync(row, cancellationToken)),
            Description = Filled(await TextAsync(row, cancellationToken)),
            Maker = Filled(await TextAsync(row, cancellationToken)),
            Label = Filled(await TextAsync(row, cancellationToken)),
            Series = Filled(await TextAsync(row, cancellationToken)),
            Director = Filled(await TextAsync(row, cancellationToken)),
            Source = Filled(await TextAsync(row, cancellationToken)),
            ProductUrl = Filled(await TextAsync(row, cancellationToken)),
            ThumbnailUrl = Filled(await TextAsync(row, cancellationToken)),
            ProductReleasedAt = await DateAsync(row, cancellationToken),
            DistributionStartedAt = await DateAsync(row, cancellationToken),
            PublishedAt = await DateAsync(row, cancellationToken),
            CreatedAt = await DateAsync(row, cancellationToken),
            DurationSeconds = await NumberAsync<int>(row, cancellationToken),
            Price = await NumberAsync<double>(row, cancellationToken),
            SafetyLevel = await NumberAsync<short>(row, cancellationToken),
            IsActive = await NumberAsync<bool>(row, cancellationToken) ?? true,
            RegionCodes = await NamesAsync(row, cancellationToken),
            Tags = await NamesAsync(row, cancellationToken),
            Performers = await NamesAsync(row, cancellationToken),
        };
        return id is null ? (null, Missing("id")) : (video, null);
    }

    public static async ValueTask<(Decision?, RowFault?)> DecisionAsync(NpgsqlBinaryExporter row, CancellationToken cancellationToken)
    {
        var user = await TextAsync(row, cancellationToken);
        var video = await TextAsync(row, cancellationToken);
        var type = Filled(await TextAsync(row, cancellationToken));
        var date = await DateAsync(row, cancellationToken);
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

    private static RowFault Missing(string field) => new(field, "null", "a value");

    /// <summary>Text as the JSON source gives it: trimmed, and nothing instead of empty.</summary>
    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static async ValueTask<string?> TextAsync(NpgsqlBinaryExporter row, CancellationToken cancellationToken)
    {
        if (!row.IsNull)
            return await row.ReadAsync<string>(cancellationToken);
        await row.SkipAsync(cancellationToken);
        return null;
    }

    private static async ValueTask<T?> NumberAsync<T>(NpgsqlBinaryExporter row, CancellationToken cancellationToken)
        where T : struct
    {
        if (!row.IsNull)
            return await row.ReadAsync<T>(cancellationToken);
        await row.SkipAsync(cancellationToken);
        return null;
    }

    private static async ValueTask<DateTimeOffset?> DateAsync(NpgsqlBinaryExporter row, CancellationToken cancellationToken) =>
        await NumberAsync<DateTime>(row, cancellationToken) is { } date ? new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc)) : null;

    private static async ValueTask<string[]> NamesAsync(NpgsqlBinaryExporter row, CancellationToken cancellationToken)
    {
        if (!row.IsNull)
            return NameLists.Distinct([.. (await row.ReadAsync<string?[]>(cancellationToken)).Select(name => name ?? "")]);
        await row.SkipAsync(cancellationToken);
        return [];
    }
}
