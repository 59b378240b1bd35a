using Microsoft.Extensions.DependencyInjection;
using Retraining.Execution;
#if DURABLE_TASK
using Retraining.DurableTask;
#endif

namespace Retraining.Cli;

/// <summary>Runs on a Durable Task hub, in builds that have Durable Task.</summary>
internal static class Hub
{
    private const string Variable = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING";

    /// <summary>Runs are started on the hub and carried by its workers.</summary>
    public static void AddRuns(IServiceCollection services, CliSession session)
    {
        var hub = Address(session);
#if DURABLE_TASK
        Reach(() => services.AddDurableRuns(hub));
#else
        throw Missing(hub);
#endif
    }

    /// <summary>This process carries runs, or stages of some kinds.</summary>
    public static void AddWorker(IServiceCollection services, CliSession session, IReadOnlyCollection<WorkKind> work)
    {
        var hub = Address(session);
#if DURABLE_TASK
        Reach(() => services.AddDurableRuns(hub).AddDurableWorker(hub, work));
#else
        throw Missing(hub);
#endif
    }

    private static string Address(CliSession session) => session.Variables[Variable] is string { Length: > 0 } hub
        ? hub
        : throw new UsageException($"{Variable} is not set, expected Endpoint=…;TaskHub=…;Authentication=… or the address of a gRPC endpoint");

#if DURABLE_TASK
    private static void Reach(Action connect)
    {
        try
        {
            connect();
        }
        catch (FormatException error)
        {
            throw new UsageException(error.Message);
        }
    }
#else
    private static UsageException Missing(string hub) => new(
        $"this build has no Durable Task, so it cannot use {hub.Split(';')[0]}: build it where the NuGet feed has Microsoft.DurableTask (eng/feed tells)");
#endif
}
