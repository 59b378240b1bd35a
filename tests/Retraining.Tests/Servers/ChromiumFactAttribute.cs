namespace Retraining.Tests.Servers;

/// <summary>A test in a real Chromium; skipped, with the reason, only where none can be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = LocalServer.Chromium.Reason;
}
