using Npgsql;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Durability;

/// <summary>
/// Holds a run in the database at the moment when a stage has done its work and its result is about to be recorded: the worst one to die in,
/// because everything has happened and nothing counts.
/// </summary>
internal sealed class StageHold(PostgresFixture postgres) : IAsyncDisposable
{
    private const int Key = 77;
    private NpgsqlConnection? _gate;

    public Task InstallAsync() => postgres.ExecuteAsync($"""
        create table held_stage (stage text primary key);
        create function hold_stage() returns trigger language plpgsql as $$
        begin
          if new.kind = 'stage-completed' and exists (select from held_stage where stage = new.record::json ->> 'stage') then
            perform pg_advisory_xact_lock({Key}, 0);
          end if;
          return new;
        end $$;
        create trigger hold_stage before insert on two_tower.run_records for each row execute function hold_stage();
        """);

    /// <summary>From now on the run stops at the end of this stage.</summary>
    public async Task CloseAsync(string stage)
    {
        _gate ??= await postgres.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            "insert into held_stage values ($1)", _gate)
        { Parameters = { new() { Value = stage } } };
        await command.ExecuteNonQueryAsync();
        await using var take = new NpgsqlCommand($"select pg_advisory_lock({Key}, 0)", _gate);
        await take.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until a process stands at the gate.</summary>
    /// <returns>The server's process that waits, and the client's process id.</returns>
    public async Task<(int Backend, int Process)> UntilReachedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var command = postgres.Database.CreateCommand($"""
                select a.pid, split_part(a.application_name, ':', 2)::int from pg_locks l join pg_stat_activity a using (pid)
                where l.locktype = 'advisory' and not l.granted and l.classid::int = {Key} and a.datname = current_database()
                """);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
                return (reader.GetInt32(0), reader.GetInt32(1));
        }
    }

    /// <summary>Ends the server's side of a client that is gone, without its record, and opens the gate.</summary>
    public async Task OpenAsync(int backend)
    {
        await postgres.ExecuteAsync($"select pg_terminate_backend({backend}); delete from held_stage");
        while (await postgres.ScalarAsync<bool>($"select exists (select from pg_stat_activity where pid = {backend})"))
            await Task.Yield();
        await using var command = new NpgsqlCommand($"select pg_advisory_unlock({Key}, 0)", _gate);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_gate is not null)
            await _gate.DisposeAsync();
    }
}
