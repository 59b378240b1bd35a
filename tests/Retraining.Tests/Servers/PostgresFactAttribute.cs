namespace Retraining.Tests.Servers;

/// <summary>A test against a real PostgreSQL with pgvector; skipped, with the reason, only where none can be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = LocalServer.Postgres.Reason;
}
