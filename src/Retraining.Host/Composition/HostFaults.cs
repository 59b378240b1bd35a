using Azure;
using Npgsql;
using Retraining.Execution;

namespace Retraining.Host.Composition;

/// <summary>Transient faults, those of the adapters included.</summary>
public static class HostFaults
{
    private const int NoAnswer = 0, RequestTimeout = 408, TooManyRequests = 429, FirstServerError = 500;

    public static bool IsTransient(Exception fault) => fault switch
    {
        // An administrator stops or restarts the server: it comes back.
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => true,
        // Another process wrote the same file at the same time: a hub gave the same stage to both.
        RequestFailedException { ErrorCode: "InvalidBlockList" } => true,
        RequestFailedException request => request.Status is NoAnswer or RequestTimeout or TooManyRequests or >= FirstServerError,
        // So Azure's clients tell that they tried several times.
        AggregateException many => many.InnerExceptions.All(IsTransient),
        _ => TransientFaults.IsTransient(fault),
    };
}
