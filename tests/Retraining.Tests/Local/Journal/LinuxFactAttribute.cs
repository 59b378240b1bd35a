namespace Retraining.Tests.Local.Journal;

/// <summary>A test that needs a device of Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "needs /dev/full of Linux";
}
