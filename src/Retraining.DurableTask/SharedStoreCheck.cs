using Microsoft.Extensions.Hosting;
using Retraining.Configuration;

namespace Retraining.DurableTask;

/// <summary>Refuses to start over a work store that the hub's processes may not share: stages would not find each other's files.</summary>
/// <param name="hub">Null: the hub of a function app.</param>
internal sealed class SharedStoreCheck(RetrainingSettings settings, string? hub) : IHostedService
{
    /// <exception cref="SettingsException">The work store is a folder and the hub is not on this machine.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => settings.Engine.Store == "folder" && !IsHere(hub)
        ? throw new SettingsException(["engine.store: \"folder\", expected azure-blob: the hub's processes share no folder"])
        : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsHere(string? hub)
    {
        const string Key = "Endpoint=";
        var endpoint = hub?.Split(';', StringSplitOptions.TrimEntries).FirstOrDefault(part => part.StartsWith(Key, StringComparison.OrdinalIgnoreCase));
        return Uri.TryCreate(endpoint?[Key.Length..] ?? hub, UriKind.Absolute, out var address) && address.IsLoopback;
    }
}
