using System.Data.Common;
using System.Net.Sockets;
using Retraining.Artifacts;

namespace Retraining.Execution;

/// <summary>Says whether a fault may be gone on the next attempt.</summary>
public delegate bool IsTransientFault(Exception fault);

/// <summary>The faults of networks, databases and disks that a retry can help. Everything else is a mistake in the program, the input or the settings.</summary>
public static class TransientFaults
{
    private const int DiskFull = 28, ReadOnlyFileSystem = 30, QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public static bool IsTransient(Exception fault) => fault switch
    {
        PermanentStageException or ArtifactNotFoundException => false,
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException or EndOfStreamException => false,
        AggregateException many => many.InnerExceptions.All(IsTransient),
        DbException database => database.IsTransient,
        IOException disk => disk.HResult is not (DiskFull or ReadOnlyFileSystem or QuotaExceeded or WindowsDiskFull),
        TimeoutException or SocketException or HttpRequestException or OperationCanceledException => true,
        _ => false,
    };
}
