using System.Diagnostics;
using System.Globalization;

namespace Retraining.Tests.EndToEnd;

/// <summary>A file system of a given size in memory, so that a disk can really be full. Needs the right to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("small-disk-");

    public SmallDisk(long sizeBytes)
    {
        if (Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={sizeBytes}"), "tmpfs", Path) != 0)
            throw new InvalidOperationException($"no file system of {sizeBytes} bytes could be mounted at {Path}");
    }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Reason { get; } = FindReason();

    public string Path => _folder.FullName;

    public void Dispose()
    {
        Run("umount", "--lazy", Path);
        _folder.Delete();
    }

    private static string? FindReason()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return "a small file system is mounted to fill it, and only root can do so";

        try
        {
            using var disk = new SmallDisk(1 << 20);
            return null;
        }
        catch (InvalidOperationException error)
        {
            return error.Message;
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
