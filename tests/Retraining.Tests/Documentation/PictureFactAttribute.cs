using Retraining.Tests.Servers;

namespace Retraining.Tests.Documentation;

/// <summary>Takes pictures for the documentation: only when they are asked for, with <c>UPDATE_README=1</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PictureFactAttribute : FactAttribute
{
    public PictureFactAttribute() => Skip = Environment.GetEnvironmentVariable("UPDATE_README") == "1"
        ? LocalServer.Chromium.Reason
        : "UPDATE_README=1 takes the pictures again";
}
