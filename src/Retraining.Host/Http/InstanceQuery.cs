using System.Globalization;
using Microsoft.AspNetCore.Http;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>
/// The query of the instance routes, read as leniently as Durable Functions reads it: what cannot be parsed counts as not given.
/// </summary>
internal static class InstanceQuery
{
    public const string ContinuationToken = "x-ms-continuation-token";

    /// <summary>Null when no run can match: the filter names only states that a run here never has, such as <c>Canceled</c>.</summary>
    public static RunQuery? Runs(HttpRequest request) => Statuses(request) is not { } statuses ? null : new RunQuery
    {
        Statuses = statuses,
        CreatedFrom = Time(request, "createdTimeFrom"),
        CreatedTo = Time(request, "createdTimeTo"),
        IdPrefix = Text(request, "instanceIdPrefix"),
        Top = Math.Clamp(Number(request, "top") ?? 100, 1, 1000),
        ContinuationToken = request.Headers[ContinuationToken].FirstOrDefault() is { Length: > 0 } token ? token : null,
    };

    public static bool Flag(HttpRequest request, string name, bool fallback = false) =>
        bool.TryParse(request.Query[name], out var value) ? value : fallback;

    public static string? Text(HttpRequest request, string name) => request.Query[name].FirstOrDefault() is { Length: > 0 } text ? text : null;

    public static DateTimeOffset? Time(HttpRequest request, string name) =>
        DateTimeOffset.TryParse(request.Query[name], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static int? Number(HttpRequest request, string name) =>
        int.TryParse(request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static List<RunStatus>? Statuses(HttpRequest request)
    {
        var names = request.Query["runtimeStatus"]
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        var known = Enum.GetValues<RunStatus>().Where(status => names.Contains(status.ToString(), StringComparer.OrdinalIgnoreCase)).ToList();
        return names.Count > 0 && known.Count == 0 ? null : known;
    }
}
