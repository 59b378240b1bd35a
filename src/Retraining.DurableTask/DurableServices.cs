using System.Text.Json;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Host.Composition;
using Retraining.Host.Durable;
using Retraining.Operations;

namespace Retraining.DurableTask;

/// <summary>Puts runs on a Durable Task hub in place of the embedded engine. Goes after <see cref="RetrainingServices"/>.</summary>
public static class DurableServices
{
    /// <summary>Where a hub is: a scheduler's connection string, or the address of a gRPC endpoint such as <c>http://localhost:4001</c>.</summary>
    public const string HubVariable = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING";

    /// <summary>Starts and steers runs. Their files travel through the work store, so <c>engine.store</c> is one that all processes reach.</summary>
    /// <param name="hub">As <see cref="HubVariable"/>; null when a client comes with each invocation.</param>
    public static IServiceCollection AddDurableRuns(this IServiceCollection services, string? hub)
    {
        if (hub is not null)
            services.AddDurableTaskClient(client => HubConnection.Connect(client, hub));
        services.AddSingleton(provider => new HubClient(hub is null ? null : provider.GetRequiredService<DurableTaskClient>()));
        services.AddSingleton<HasRunEnded>(provider => provider.GetRequiredService<HubClient>().HasEndedAsync);
        services.AddSingleton<IsTransientFault>(HostFaults.IsTransient);
        services.AddSingleton(provider =>
        {
            provider.GetRequiredService<TelemetryExport>(); // listens before the first stage, and is disposed after the worker
            return ActivatorUtilities.CreateInstance<StageWorker>(provider);
        });
        services.AddSingleton<IRunClient, DurableRuns>();
        services.AddHostedService(provider => new SharedStoreCheck(provider.GetRequiredService<RetrainingSettings>(), hub));
        return services;
    }

    /// <summary>Carries runs, or stages of some kinds of work only. Goes after <see cref="AddDurableRuns"/>.</summary>
    /// <param name="work">Kinds of stages. Every worker runs the definition: that takes no time.</param>
    public static IServiceCollection AddDurableWorker(this IServiceCollection services, string hub, IReadOnlyCollection<WorkKind> work) =>
        AddDurableWorker(services, hub, RetrainingPipeline.RunAsync, [.. Stages.All.Where(stage => work.Contains(stage.Work))]);

    internal static IServiceCollection AddDurableWorker(
        IServiceCollection services, string hub, PipelineDefinition definition, IReadOnlyList<IStageDescription> stages)
    {
        services.AddDurableTaskWorker(worker =>
        {
            worker.AddTasks(tasks =>
            {
                tasks.AddOrchestratorFunc<DurableRun, JsonElement>(
                    DurableRun.Orchestrator, (orchestration, run) => DurableContext.RunAsync(orchestration, run, definition));
                tasks.AddOrchestratorFunc(StartLease.Orchestrator, StartLease.HoldAsync);
                foreach (var stage in stages)
                {
                    tasks.AddActivity(stage.Name, provider => new StageActivity(
                        stage, provider.GetRequiredService<StageWorker>(), provider.GetRequiredService<IHostApplicationLifetime>()));
                }
            });
            // Asks the hub only for what is registered, so that workers of different kinds can share it.
            worker.UseWorkItemFilters();
            var kinds = stages.Select(stage => stage.Work).Distinct();
            worker.Services.AddOptions<DurableTaskWorkerOptions>(worker.Name).Configure<RetrainingSettings>((options, settings) =>
                options.Concurrency.MaximumConcurrentActivityWorkItems = kinds.Sum(kind => Slots(kind, settings.Engine)));
            HubConnection.Connect(worker, hub);
        });
        return services;
    }

    private static int Slots(WorkKind kind, EngineSettings engine) => kind switch
    {
        WorkKind.Training => engine.Trainings,
        WorkKind.Compute => engine.Computes,
        _ => engine.Transfers,
    };
}
