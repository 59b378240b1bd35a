namespace Retraining.Tests.Servers;

/// <summary>A test against a real PostgreSQL with pgvector and a real Azurite; skipped, with the reason, only where one cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ServersFactAttribute : FactAttribute
{
    public ServersFactAttribute() => Skip = LocalServer.Postgres.Reason ?? LocalServer.Azurite.Reason;
}
