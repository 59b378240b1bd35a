namespace Retraining.Tests.Servers;

/// <summary>A theory against a real PostgreSQL with pgvector; skipped, with the reason, only where none can be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = LocalServer.Postgres.Reason;
}
