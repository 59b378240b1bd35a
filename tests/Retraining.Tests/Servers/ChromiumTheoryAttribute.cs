namespace Retraining.Tests.Servers;

/// <summary>A theory in a real Chromium; skipped, with the reason, only where none can be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = LocalServer.Chromium.Reason;
}
