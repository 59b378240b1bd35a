using Retraining.Source;
using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Reads <c>videos.parquet</c>.</summary>
internal static class VideoTable
{
    /// <exception cref="InvalidDataException">The ids are not in ascending ordinal order.</exception>
    public static async Task<Catalogue> ReadAsync(ParquetReader parquet, CancellationToken cancellationToken)
    {
        var videos = new List<Video>(checked((int)parquet.Rows));
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var group = 0; group < parquet.RowGroups; group++)
            await ReadGroupAsync(parquet, group, names, videos, cancellationToken);

        var ids = videos.Select(v => v.Id).ToArray();
        for (var i = 1; i < ids.Length; i++)
        {
            if (string.CompareOrdinal(ids[i - 1], ids[i]) >= 0)
                throw new InvalidDataException($"row {i + 1}, field id: {ids[i]} after {ids[i - 1]}, expected ascending ids");
        }

        return new Catalogue { VideoIds = ids, Videos = [.. videos] };
    }

    private static async Task ReadGroupAsync(
        ParquetReader parquet, int group, Dictionary<string, string> names, List<Video> videos, CancellationToken cancellationToken)
    {
        Task<string[]> Texts(string name) => parquet.ReadColumnAsync<string>(group, name, cancellationToken);
        Task<long?[]> Dates(string name) => parquet.ReadColumnAsync<long?>(group, name, cancellationToken);
        var ids = await Texts("id");
        var (externalIds, titles, descriptions) = (await Texts("external_id"), await Texts("title"), await Texts("description"));
        var durations = await parquet.ReadColumnAsync<int?>(group, "duration_seconds", cancellationToken);
        var prices = await parquet.ReadColumnAsync<double?>(group, "price", cancellationToken);
        var (makers, labels, series) = (await Texts("maker"), await Texts("label"), await Texts("series"));
        var (directors, sources) = (await Texts("director"), await Texts("source"));
        var (productUrls, thumbnails) = (await Texts("product_url"), await Texts("thumbnail_url"));
        var (released, distributed) = (await Dates("product_released_at"), await Dates("distribution_started_at"));
        var (published, created) = (await Dates("published_at"), await Dates("created_at"));
        var safety = await parquet.ReadColumnAsync<int?>(group, "safety_level", cancellationToken);
        var regions = await parquet.ReadListAsync<string>(group, "region_codes", cancellationToken);
        var active = await parquet.ReadColumnAsync<bool>(group, "is_active", cancellationToken);
        var tags = await parquet.ReadListAsync<string>(group, "tags", cancellationToken);
        var performers = await parquet.ReadListAsync<string>(group, "performers", cancellationToken);
        var texts = await parquet.ReadListAsync<float>(group, "text_vector", cancellationToken);
        var images = await parquet.ReadListAsync<float>(group, "image_vector", cancellationToken);

        for (var i = 0; i < ids.Length; i++)
        {
            videos.Add(new Video
            {
                Id = ids[i],
                ExternalId = externalIds[i],
                Title = titles[i],
                Description = descriptions[i],
                DurationSeconds = durations[i],
                Price = prices[i],
                Maker = Shared(names, makers[i]),
                Label = Shared(names, labels[i]),
                Series = Shared(names, series[i]),
                Director = Shared(names, directors[i]),
                Source = Shared(names, sources[i]),
                ProductUrl = productUrls[i],
                ThumbnailUrl = thumbnails[i],
                ProductReleasedAt = Date(released[i]),
                DistributionStartedAt = Date(distributed[i]),
                PublishedAt = Date(published[i]),
                CreatedAt = Date(created[i]),
                SafetyLevel = (short?)safety[i],
                RegionCodes = Shared(names, regions[i]),
                IsActive = active[i],
                Tags = Shared(names, tags[i]),
                Performers = Shared(names, performers[i]),
                TextVector = texts[i].IsEmpty ? null : texts[i].ToArray(),
                ImageVector = images[i].IsEmpty ? null : images[i].ToArray(),
            });
        }
    }

    /// <summary>One string object per name: a million videos share a few thousand names.</summary>
    private static string? Shared(Dictionary<string, string> names, string? name)
    {
        if (name is null)
            return null;
        if (names.TryGetValue(name, out var known))
            return known;
        names.Add(name, name);
        return name;
    }

    private static string[] Shared(Dictionary<string, string> names, ReadOnlySpan<string> values)
    {
        if (values.IsEmpty)
            return [];
        var shared = new string[values.Length];
        for (var i = 0; i < values.Length; i++)
            shared[i] = Shared(names, values[i])!;
        return shared;
    }

    private static DateTimeOffset? Date(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
