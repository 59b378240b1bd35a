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

    /// <summary>Durable Functions' states that no run here is ever in.</summary>
    private static readonly string[] OtherStatuses = ["Canceled", "ContinuedAsNew"];

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

    /// <exception cref="FormatException">A filter of the query would count as not given because it cannot be read.</exception>
    public static void RequireReadable(HttpRequest request)
    {
        if (StatusNames(request).FirstOrDefault(name => !IsStatus(name)) is { } unknown)
            throw new FormatException($"runtimeStatus: {unknown}, expected {string.Join(", ", Enum.GetNames<RunStatus>())}");
        if (Text(request, "createdTimeTo") is { } until && Time(request, "createdTimeTo") is null)
            throw new FormatException($"createdTimeTo: {until}, expected a time such as 2026-11-20T12:00:00Z (a + is %2B in an address)");
    }

    private static List<RunStatus>? Statuses(HttpRequest request)
    {
        var names = StatusNames(request).Where(IsStatus).ToList();
        var known = Enum.GetValues<RunStatus>().Where(status => names.Contains(status.ToString(), StringComparer.OrdinalIgnoreCase)).ToList();
        return names.Count > 0 && known.Count == 0 ? null : known;
    }

    private static IEnumerable<string> StatusNames(HttpRequest request) => request.Query["runtimeStatus"]
        .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static bool IsStatus(string name) =>
        Enum.GetNames<RunStatus>().Concat(OtherStatuses).Contains(name, StringComparer.OrdinalIgnoreCase);
}
