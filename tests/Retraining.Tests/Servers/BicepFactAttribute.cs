namespace Retraining.Tests.Servers;

/// <summary>A test with the real Bicep compiler; skipped, with the reason, only where it cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepFactAttribute : FactAttribute
{
    public BicepFactAttribute() => Skip = LocalServer.Bicep.Reason;
}
