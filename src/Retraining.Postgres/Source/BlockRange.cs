using System.Globalization;
using Npgsql;

namespace Retraining.Postgres.Source;

/// <summary>A part of a table by where its rows lie on the disk.</summary>
/// <param name="First">First block.</param>
/// <param name="End">After the last block; null for the rest of the table.</param>
internal sealed record BlockRange(long First, long? End)
{
    /// <summary>4 MiB of a table with the usual blocks.</summary>
    private const int Blocks = 512;

    /// <summary><c> where …</c>; together the conditions of all ranges of a table hold for each row once.</summary>
    public string Condition => string.Create(
        CultureInfo.InvariantCulture, $" where ctid >= '({First},0)'::tid{(End is { } end ? $" and ctid < '({end},0)'::tid" : "")}");

    /// <returns>The ranges of a plain table in order; null alone for a view, a foreign table, or a server that would scan the whole table for each range.</returns>
    public static async Task<IReadOnlyList<BlockRange?>> OfAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select pg_relation_size(oid) / current_setting('block_size')::bigint from pg_class where oid = $1::regclass and relkind = 'r' "
            + "and current_setting('server_version_num')::int >= 140000", connection);
        command.Parameters.Add(new() { Value = table });
        if (await command.ExecuteScalarAsync(cancellationToken) is not long size)
            return [null];
        var ranges = new List<BlockRange?>();
        for (var first = 0L; first < size - Blocks; first += Blocks)
            ranges.Add(new(first, first + Blocks));
        ranges.Add(new(ranges.Count * (long)Blocks, null));
        return ranges;
    }
}
