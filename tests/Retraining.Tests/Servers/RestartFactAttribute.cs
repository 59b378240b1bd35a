namespace Retraining.Tests.Servers;

/// <summary>A test that restarts PostgreSQL and Azurite; skipped, with the reason, where they are not this clone's own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RestartFactAttribute : FactAttribute
{
    public RestartFactAttribute() => Skip = LocalServer.Postgres.ReasonNotToRestart ?? LocalServer.Azurite.ReasonNotToRestart;
}
