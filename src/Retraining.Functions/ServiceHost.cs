using System.Collections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Configuration;
using Retraining.DurableTask;
using Retraining.Host.Composition;
using Retraining.Host.Http;
using Retraining.Host.Keys;

namespace Retraining.Functions;

/// <summary>The same HTTP API and status page as <c>retrain serve</c>, over runs on a hub, fed by functions instead of a socket.</summary>
internal static class ServiceHost
{
    /// <summary>Set: runs are carried by workers on that hub. Empty: by this app, on its own.</summary>
    private const string RunsVariable = "RETRAINING_RUNS_CONNECTION_STRING";

    // Durable Functions' own path answers from its extension, with its own key.
    private const string InstancePath = "/api/instances";

    public static WebApplication Create(IDictionary variables)
    {
        var keys = HostSettings.Create(
            HostSettings.DefaultUrl, development: false, variables[AccessKeys.ReadVariable] as string, variables[AccessKeys.StartVariable] as string);
        return RetrainingHost.Create(keys with { InstancePath = InstancePath, OwnTimer = false }, builder =>
        {
            var file = Path.Combine(AppContext.BaseDirectory, SettingsResolver.DefaultFile);
            builder.Services.AddRetraining(SettingsResolver.Create(File.Exists(file) ? file : null, variables, []), HostSecrets.From(variables));
            builder.Services.AddDurableRuns(variables[RunsVariable] is string { Length: > 0 } hub ? hub : null);
            builder.Services.AddSingleton<InnerServer>();
            builder.Services.AddSingleton<IServer>(provider => provider.GetRequiredService<InnerServer>());
        });
    }
}
