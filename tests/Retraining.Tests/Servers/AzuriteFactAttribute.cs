namespace Retraining.Tests.Servers;

/// <summary>A test against a real Azurite; skipped, with the reason, only where none can be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = LocalServer.Azurite.Reason;
}
