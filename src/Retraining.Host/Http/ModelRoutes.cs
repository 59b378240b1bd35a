using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Retraining.Host.Keys;
using Retraining.Host.Models;
using Retraining.Serving;

namespace Retraining.Host.Http;

/// <summary>The version ledger, and the way back.</summary>
internal static class ModelRoutes
{
    private const int MaxTextLength = 500;

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/api/models").WithTags("Models");
        models.MapGet("/", ListAsync).Produces<Ledger>().WithSummary("The version ledger, newest first");
        models.MapGet("/live", FindLiveAsync).Produces<Activation>().ProducesProblem(400).ProducesProblem(404)
            .WithSummary("What was live at a moment (?at=2026-11-22T12:00:00Z; without it, now), who made it live and why");
        models.MapPost("/{version}/activate", ActivateAsync).RequireAuthorization(nameof(Access.Start)).Accepts<JsonObject>("application/json")
            .Produces<Activation>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(409)
            .WithSummary("Make a version live: model, videos and users together")
            .WithDescription("Body: {\"reason\": \"…\", \"by\": \"…\"}; the reason is needed and goes into the ledger.");
    }

    internal sealed record Ledger(string? Live, IReadOnlyList<ModelVersion> Versions);

    private static async Task<IResult> ListAsync(ModelLedger models, CancellationToken cancellationToken)
    {
        var versions = await models.ListAsync(cancellationToken);
        return Results.Json(new Ledger(versions.FirstOrDefault(version => version.IsActive)?.Version, versions), HostJson.Options);
    }

    private static async Task<IResult> FindLiveAsync(string? at, ModelLedger models, TimeProvider time, CancellationToken cancellationToken)
    {
        var moment = time.GetUtcNow();
        if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment))
            throw new FormatException($"at: '{at}', expected a time such as 2026-11-22T12:00:00Z");
        return await models.FindLiveAsync(moment, cancellationToken) is { } live
            ? Results.Json(live, HostJson.Options)
            : Results.Problem($"nothing was live at {moment:u}", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ActivateAsync(
        string version, HttpRequest request, ModelLedger models, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(request, cancellationToken);
        var reason = Text(body, "reason") ?? throw new FormatException("reason: missing, expected why this version is made live");
        var by = Text(body, "by") ?? "http";
        return await models.ActivateAsync(version, by, reason, cancellationToken) is { } activation
            ? Results.Json(activation, HostJson.Options)
            : Results.Problem($"version {version} is not in the ledger", statusCode: StatusCodes.Status404NotFound);
    }

    private static string? Text(JsonElement body, string name)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 and <= MaxTextLength } text
            ? text
            : throw new FormatException($"{name}: expected a text of 1 to {MaxTextLength} characters");
    }
}
