using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Journal;
using Retraining.Local.Runs;
using Retraining.Postgres.Journal;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Journal;

/// <summary>A place for journals that a test has for itself, seen by each engine as another process would see it.</summary>
internal sealed class JournalPlace(PostgresFixture? postgres = null) : IAsyncDisposable
{
    private readonly List<PostgresJournalHome> _opened = [];

    public IJournalHome Open(string folder, TimeProvider time)
    {
        if (postgres is null)
            return new FolderJournalHome(folder, time, NullLogger.Instance);

        var home = new PostgresJournalHome(postgres.ConnectionString, time);
        _opened.Add(home);
        return home;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var home in _opened)
            home.Dispose();
        if (_opened.Count > 0 && await postgres!.ScalarAsync<bool>("select to_regclass('two_tower.runs') is not null"))
            await postgres.ExecuteAsync("delete from two_tower.runs");
    }
}
