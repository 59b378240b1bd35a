using Retraining.Journal;

namespace Retraining.Local.Files;

/// <summary>An exclusive lock between processes. The system drops it when its process dies, so that a crash blocks nobody.</summary>
internal sealed class FileLock : IRunLease
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>The lock, or null when somebody holds it. Waits out those who only look (<see cref="IsHeld"/>).</summary>
    public static async Task<FileLock?> TryAcquireAsync(string path, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (TryOpen(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None) is { } file)
                return new FileLock(file);
            if (attempt == Attempts)
                return null;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Whether a living process holds the lock.</summary>
    public static bool IsHeld(string path)
    {
        if (!File.Exists(path))
            return false;

        // Shared, so that two who look do not see each other.
        using var file = TryOpen(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return file is null && File.Exists(path);
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, mode, access, share, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException and not DirectoryNotFoundException)
        {
            return null;
        }
    }
}
