namespace Retraining.Tests.Servers;

/// <summary>A test in a real Deno, with a real PostgreSQL; skipped, with the reason, only where one of them cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DenoFactAttribute : FactAttribute
{
    public DenoFactAttribute() => Skip = LocalServer.Postgres.Reason ?? LocalServer.Deno.Reason;
}
