using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Fills a database of the service's schema from any source, in one transaction; the tables are made where they are missing.</summary>
public sealed class PostgresLoader(NpgsqlDataSource database)
{
    /// <returns>Rows taken over; rows that cannot be read or break a key are left out.</returns>
    public Task<RowCounts> LoadAsync(ISource source, CancellationToken cancellationToken) => throw new NotImplementedException(database.ConnectionString);
}
