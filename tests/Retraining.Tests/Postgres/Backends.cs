using Retraining.Tests.Servers;

namespace Retraining.Tests.Postgres;

/// <summary>What PostgreSQL is doing for others in a test's database.</summary>
internal static class Backends
{
    private const string Others = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'";

    /// <summary>Waits until none works or holds a transaction; fails when one still does after the time that a stop may take.</summary>
    public static Task AllIdleAsync(PostgresFixture postgres) => UntilAsync(postgres, $"select not exists (select {Others} and state <> 'idle')");

    /// <summary>Waits until one waits for a lock.</summary>
    public static Task OneBlockedAsync(PostgresFixture postgres) => UntilAsync(postgres, $"select exists (select {Others} and wait_event_type = 'Lock')");

    /// <summary>Waits until one has come so far in a COPY.</summary>
    public static Task OneCopyingAsync(PostgresFixture postgres, int rows) =>
        UntilAsync(postgres, $"select exists (select from pg_stat_progress_copy where datname = current_database() and tuples_processed >= {rows})");

    private static async Task UntilAsync(PostgresFixture postgres, string condition)
    {
        using var late = new CancellationTokenSource(Stopping.Limit);
        while (!await postgres.ScalarAsync<bool>(condition))
            await Task.Delay(20, late.Token);
    }
}
