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
    private NpgsqlConnection? _gates;

    public Task InstallAsync() => postgres.ExecuteAsync($"""
        create table held_stage (stage text primary key, gate int not null unique);
        create function hold_stage() returns trigger language plpgsql as $$
        declare held int;
        begin
          select gate into held from held_stage where stage = new.record::json ->> 'stage';
          if new.kind = 'stage-completed' and held is not null then
            perform pg_advisory_xact_lock({Key}, held);
          end if;
          return new;
        end $$;
        create trigger hold_stage before insert on two_tower.run_records for each row execute function hold_stage();
        """);

    /// <summary>From now on the run stops at the end of each of these stages.</summary>
    public async Task CloseAsync(IReadOnlyList<string> stages)
    {
        _gates ??= await postgres.Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            $"""
            insert into held_stage select stage, place from unnest($1) with ordinality as asked (stage, place);
            """,
            _gates)
        { Parameters = { new() { Value = stages } } };
        await command.ExecuteNonQueryAsync();
        await using var take = new NpgsqlCommand($"select pg_advisory_lock({Key}, gate) from held_stage", _gates);
        await take.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until a process stands at a gate.</summary>
    /// <returns>The stage, the server's process that waits, and the client's process id.</returns>
    public async Task<(string Stage, int Backend, int Process)> UntilReachedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var command = postgres.Database.CreateCommand($"""
                select h.stage, a.pid, split_part(a.application_name, ':', 2)::int
                from pg_locks l join pg_stat_activity a using (pid) join held_stage h on h.gate = l.objid::int
                where l.locktype = 'advisory' and not l.granted and l.classid::int = {Key} and a.datname = current_database()
                """);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
                return (reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2));
        }
    }

    /// <summary>Ends the server's side of a client that is gone, without its record, and opens this gate.</summary>
    public async Task OpenAsync(string stage, int backend)
    {
        var gate = await postgres.ScalarAsync<int>($"select gate from held_stage where stage = '{stage}'");
        await postgres.ExecuteAsync($"select pg_terminate_backend({backend}); delete from held_stage where stage = '{stage}'");
        while (await postgres.ScalarAsync<bool>($"select exists (select from pg_stat_activity where pid = {backend})"))
            await Task.Yield();
        await using var command = new NpgsqlCommand($"select pg_advisory_unlock({Key}, {gate})", _gates);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_gates is not null)
            await _gates.DisposeAsync();
    }
}
