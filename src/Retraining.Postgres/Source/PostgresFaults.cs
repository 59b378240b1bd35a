using Npgsql;
using Retraining.Execution;

namespace Retraining.Postgres.Source;

/// <summary>Turns what the database says into errors that tell where, and whether a retry can help.</summary>
internal static class PostgresFaults
{
    public static string LocationOf(NpgsqlDataSource database)
    {
        var builder = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"postgresql://{builder.Host}:{builder.Port}/{builder.Database}";
    }

    /// <param name="error">What was thrown.</param>
    /// <param name="where">Database and table, and row where there is one.</param>
    /// <returns>A permanent failure for missing rights, wrong types and the like; an <see cref="IOException"/> where the server went away.</returns>
    public static Exception Explain(NpgsqlException error, string where)
    {
        var state = (error as PostgresException)?.SqlState ?? "";
        var text = error is PostgresException answer ? $"{answer.MessageText} ({answer.SqlState})" : error.Message;
        // Connection failures, resources, the operator's interventions, serialisation: these pass.
        var passes = state.Length == 0 || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
            || state.StartsWith("57", StringComparison.Ordinal) || state.StartsWith("40", StringComparison.Ordinal) || state == "55P03";
        return passes
            ? new IOException($"{where}: PostgreSQL went away or is not to be reached ({text}), expected it to answer", error)
            : new PermanentStageException($"{where}: PostgreSQL refuses ({text}), expected it to read and write the service's tables", error);
    }
}
