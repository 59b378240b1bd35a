using Retraining.Tests.Journal;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Local.Runs;

public sealed class PostgresThousandRunsTests(PostgresFixture postgres)
    : ThousandRunsTests(new JournalPlace(postgres)), IClassFixture<PostgresFixture>
{
    private protected override Task StoreAsync() => StoredRuns.InDatabaseAsync(postgres.Database, Count);
}
