using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary><c>profiles.parquet</c> in memory.</summary>
/// <param name="UserIds">In ordinal order.</param>
/// <param name="CreatedAt">Per user: unix milliseconds UTC; null when unknown.</param>
internal sealed record ProfileTable(string[] UserIds, long?[] CreatedAt)
{
    /// <exception cref="InvalidDataException">The ids are not in ascending ordinal order.</exception>
    public static async Task<ProfileTable> ReadAsync(ParquetReader parquet, CancellationToken cancellationToken)
    {
        var ids = await parquet.ReadColumnAsync<string>("user_id", cancellationToken);
        for (var i = 1; i < ids.Length; i++)
        {
            if (string.CompareOrdinal(ids[i - 1], ids[i]) >= 0)
                throw new InvalidDataException($"row {i + 1}, field user_id: {ids[i]} after {ids[i - 1]}, expected ascending ids");
        }

        return new ProfileTable(ids, await parquet.ReadColumnAsync<long?>("created_at", cancellationToken));
    }
}
