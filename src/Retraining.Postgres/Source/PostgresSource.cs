using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>The service's tables in PostgreSQL, read by binary COPY in one repeatable-read snapshot.</summary>
public sealed class PostgresSource(NpgsqlDataSource database) : ISource
{
    public string Location => database.ConnectionString;

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
