using System.Text.Json;
using Npgsql;

namespace Retraining.Tests.Supabase;

/// <summary>A function of schema <c>public</c> as PostgREST calls it: by its name and the names of its parameters, as the role of the key.</summary>
internal sealed class RestFunction(NpgsqlDataSource database, string name, string role)
{
    /// <param name="body">An object of parameters.</param>
    /// <returns>Its rows as JSON, and how many; null when no function takes these names.</returns>
    /// <exception cref="PostgresException">It failed.</exception>
    public async Task<(string Rows, long Count)?> CallAsync(string body, int maxRows, CancellationToken cancellationToken)
    {
        var names = JsonDocument.Parse(body).RootElement.EnumerateObject().Select(parameter => parameter.Name).ToArray();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ParametersAsync(connection, names, cancellationToken) is not { } parameters)
            return null;

        var columns = string.Join(", ", parameters.Select(p => $"{RestSql.Name(p.Name)} {p.Type}"));
        var arguments = string.Join(", ", parameters.Select(p => $"{RestSql.Name(p.Name)} => a.{RestSql.Name(p.Name)}"));
        await using var command = new NpgsqlCommand($"""
            set local role {role};
            select coalesce(json_agg(t), '[]')::text, count(*) from (
              select f.* from json_to_record({RestSql.Literal(body)}::json) as a({columns}), lateral public.{RestSql.Name(name)}({arguments}) f
              limit {maxRows}) t
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var answer = (reader.GetString(0), reader.GetInt64(1));
        await reader.DisposeAsync();
        await transaction.CommitAsync(cancellationToken);
        return answer;
    }

    /// <summary>Names and types, as PostgREST keeps them of each function.</summary>
    private async Task<List<(string Name, string Type)>?> ParametersAsync(NpgsqlConnection connection, string[] names, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select a.name, format_type(a.type, null) from pg_proc p,
              lateral unnest(p.proargnames[1:p.pronargs], p.proargtypes::oid[]) a(name, type)
            where p.pronamespace = 'public'::regnamespace and p.proname = $1 and p.proargnames[1:p.pronargs] @> $2 and a.name = any ($2)
            """, connection)
        { Parameters = { new() { Value = name }, new() { Value = names } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add((reader.GetString(0), reader.GetString(1)));
        return found.Count == names.Length && names.Length > 0 ? found : null;
    }
}
