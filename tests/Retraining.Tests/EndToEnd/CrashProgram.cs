using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Configuration;
using Retraining.Host.Composition;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Tests.EndToEnd;

/// <summary>
/// What the crash tests start as a process of its own: the whole system as it is composed for use, in the current folder, killed where the
/// test says. Starts the run, or goes on with it when it is there. Arguments: run id, version, point of the kill (see <see cref="KillPoint"/>).
/// </summary>
internal static class CrashProgram
{
    /// <summary>What the system makes of SIGKILL.</summary>
    public const int Killed = 128 + 9;

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [var runId, var version, var kill])
            return 2;

        var point = KillPoint.Parse(kill);
        var variables = Environment.GetEnvironmentVariables();
        var services = new ServiceCollection().AddRetraining(SettingsResolver.Create(null, variables, []), HostSecrets.From(variables));
        services.AddSingleton(provider => KillingStages.Around(StageRegistration.Create(provider), point));
        await using var composed = services.BuildServiceProvider();

        var engine = composed.GetRequiredService<LocalEngine>();
        var known = await engine.GetAsync(runId, CancellationToken.None);
        if (point is not null && known?.Stages.Any(point.LiesBehind) == true)
            return Killed; // Its neighbour was killed after it was done: the point lies behind.
        try
        {
            if (known is not null)
                await engine.RewindAsync(runId, "after the kill", CancellationToken.None);
            else
                await engine.StartAsync(Request(composed), runId, StartedAt(version), CancellationToken.None);
        }
        catch (RunInProgressException e)
        {
            Console.WriteLine($"in progress: {e.RunId}");
            return 0;
        }

        var run = await engine.WaitAsync(runId, CancellationToken.None);
        Console.WriteLine(run!.Status == RunStatus.Completed ? $"Completed {run.Result!.Outcome}" : $"{run.Status} {run.Error}");
        return run.Status == RunStatus.Failed ? 1 : 0;
    }

    private static RetrainingRequest Request(ServiceProvider services) => new() { Settings = services.GetRequiredService<RetrainingSettings>(), StartedBy = "test" };

    private static DateTimeOffset StartedAt(string version) =>
        DateTimeOffset.ParseExact(version, "yyyyMMdd_HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
