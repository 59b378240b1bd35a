using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Retraining.Configuration;
using Retraining.Host.Keys;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary><c>POST /api/retrain</c>. The body lays settings over those in force, and says how this one run is meant.</summary>
internal static class StartRoute
{
    private const int MaxTextLength = 500;

    public static void MapStart(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/retrain", StartAsync).RequireAuthorization(nameof(Access.Start)).WithTags("Runs")
            .Accepts<JsonObject>(isOptional: true, "application/json").Produces<ManagementUris>(202).ProducesProblem(400).ProducesProblem(409)
            .WithName("StartRun").WithSummary("Start a run")
            .WithDescription("Optional body: sections of the configuration as overrides, such as {\"training\": {\"epochs\": 5}}, "
                + "and dryRun, overrideReason, startedBy.");

    private static async Task<IResult> StartAsync(
        HttpRequest request, IRunClient runs, ResolveSettings resolve, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(request, cancellationToken);
        return new StartedResult(await runs.StartAsync(Read(body, resolve), runId: null, cancellationToken));
    }

    internal static RetrainingRequest Read(JsonElement body, ResolveSettings resolve)
    {
        if (body.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
            throw new FormatException($"the body is a JSON {Kind(body)}, expected an object of overrides");

        var overrides = body.ValueKind == JsonValueKind.Object ? JsonObject.Create(body)! : [];
        var startedBy = Text(overrides, "startedBy") ?? "http";
        var reason = Text(overrides, "overrideReason");
        var dryRun = Take(overrides, "dryRun") is { } value && Boolean("dryRun", value);
        JsonElement? given = overrides.Count == 0 ? null : JsonSerializer.SerializeToElement(overrides);
        return new RetrainingRequest
        {
            Settings = resolve(given),
            Overrides = given,
            StartedBy = startedBy,
            OverrideReason = reason,
            DryRun = dryRun,
            CommitSha = Environment.GetEnvironmentVariable("GITHUB_SHA"),
        };
    }

    private static string? Text(JsonObject body, string name)
    {
        if (Take(body, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 and <= MaxTextLength } text
            ? text
            : throw new FormatException($"{name}: a JSON {Kind(value)}, expected a text of 1 to {MaxTextLength} characters");
    }

    private static bool Boolean(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException($"{name}: a JSON {Kind(value)}, expected true or false"),
    };

    private static JsonElement? Take(JsonObject body, string name) =>
        body.Remove(name, out var node) && node is not null ? JsonSerializer.SerializeToElement(node) : null;

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
