using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Host.Keys;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>
/// Where one run is looked at and steered, as Durable Functions hands it out on a start. As there, the addresses carry the caller's key,
/// so that a client can follow them without knowing about keys. <c>{text}</c> and <c>{eventName}</c> are for the client to fill in.
/// </summary>
internal sealed record ManagementUris
{
    public required string Id { get; init; }
    public required string StatusQueryGetUri { get; init; }
    public required string SendEventPostUri { get; init; }
    public required string TerminatePostUri { get; init; }
    public required string SuspendPostUri { get; init; }
    public required string ResumePostUri { get; init; }
    public required string RestartPostUri { get; init; }
    public required string PurgeHistoryDeleteUri { get; init; }

    public static ManagementUris For(HttpRequest request, string runId)
    {
        var path = request.HttpContext.RequestServices.GetRequiredService<HostSettings>().InstancePath;
        var instance = $"{HostOf(request)}{path}/{Uri.EscapeDataString(runId)}";
        var query = $"taskHub=Retraining&connection=Storage{KeyOf(request)}";
        return new ManagementUris
        {
            Id = runId,
            StatusQueryGetUri = $"{instance}?{query}",
            SendEventPostUri = $"{instance}/raiseEvent/{{eventName}}?{query}",
            TerminatePostUri = $"{instance}/terminate?reason={{text}}&{query}",
            SuspendPostUri = $"{instance}/suspend?reason={{text}}&{query}",
            ResumePostUri = $"{instance}/resume?reason={{text}}&{query}",
            RestartPostUri = $"{instance}/restart?{query}",
            PurgeHistoryDeleteUri = $"{instance}?{query}",
        };
    }

    /// <summary>How clients reach this host: as the settings say, otherwise as the request does.</summary>
    public static string HostOf(HttpRequest request) =>
        request.HttpContext.RequestServices.GetRequiredService<HostingSettings>().PublicUrl?.TrimEnd('/') ?? $"{request.Scheme}://{request.Host}";

    private static string KeyOf(HttpRequest request) =>
        KeyAuthentication.Presented(request) is { } key ? $"&{KeyAuthentication.Query}={Uri.EscapeDataString(key)}" : "";
}
