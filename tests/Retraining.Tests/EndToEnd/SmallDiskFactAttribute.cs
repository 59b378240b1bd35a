namespace Retraining.Tests.EndToEnd;

/// <summary>A test that fills a disk; skipped, with the reason, only where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Reason;
}
