using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
#if DURABLE_TASK_SCHEDULER
using Microsoft.DurableTask.Client.AzureManaged;
using Microsoft.DurableTask.Worker.AzureManaged;
#endif

namespace Retraining.DurableTask;

/// <summary>How a hub is reached: a scheduler by its connection string, anything else as a plain gRPC endpoint.</summary>
internal static class HubConnection
{
    /// <exception cref="FormatException">The address of a scheduler in a build without its packages, or neither of the two.</exception>
    public static void Connect(IDurableTaskClientBuilder client, string hub)
    {
        if (IsScheduler(hub))
            UseScheduler(client, hub);
        else
            client.UseGrpc(Endpoint(hub));
    }

    /// <inheritdoc cref="Connect(IDurableTaskClientBuilder, string)"/>
    public static void Connect(IDurableTaskWorkerBuilder worker, string hub)
    {
        if (IsScheduler(hub))
            UseScheduler(worker, hub);
        else
            worker.UseGrpc(Endpoint(hub));
    }

    private static bool IsScheduler(string hub) => hub.Contains("Endpoint=", StringComparison.OrdinalIgnoreCase);

    private static string Endpoint(string hub) => Uri.TryCreate(hub, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? hub
        : throw new FormatException(
            $"{DurableServices.HubVariable}: found neither of what is expected, Endpoint=…;TaskHub=…;Authentication=… or a gRPC endpoint such as "
            + "http://localhost:4001");

#if DURABLE_TASK_SCHEDULER
    private static void UseScheduler(IDurableTaskClientBuilder client, string hub) => client.UseDurableTaskScheduler(hub);

    private static void UseScheduler(IDurableTaskWorkerBuilder worker, string hub) => worker.UseDurableTaskScheduler(hub);
#else
    private static void UseScheduler(object builder, string hub) => throw new FormatException(
        $"{DurableServices.HubVariable}: {hub.Split(';')[0]} is a scheduler, and this build has no packages for it, expected a gRPC endpoint "
        + "such as http://localhost:4001, or a build where the NuGet feed has Microsoft.DurableTask.Client.AzureManaged (eng/feed tells)");
#endif
}
