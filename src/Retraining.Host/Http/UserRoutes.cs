using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Retraining.Features;
using Retraining.Host.Keys;
using Retraining.Host.Models;
using Retraining.Serving;
using Retraining.Source;

namespace Retraining.Host.Http;

/// <summary>Recommendations for one user, and a fresh embedding between two weekly runs.</summary>
internal static class UserRoutes
{
    private const int MaxIdLength = 200;
    private const int MaxRecommendations = 200;

    /// <summary>A payload names every like, so it may be larger than other bodies.</summary>
    private const int MaxPayloadBytes = 4 * 1024 * 1024;

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/api/users/{id}").WithTags("Users");
        users.MapGet("/recommendations", RecommendAsync).Produces<RecommendationList>().ProducesProblem(400)
            .WithSummary("What one user is recommended now; popular videos for an unknown user");
        users.MapPost("/embedding", RefreshAsync).RequireAuthorization(nameof(Access.Start)).Accepts<UserPayload>("application/json")
            .WithMetadata(new RequestSizeLimitAttribute(MaxPayloadBytes))
            .Produces<Refreshed>().ProducesProblem(400).ProducesProblem(409)
            .WithSummary("Embed one user with the live version's ONNX and store it")
            .WithDescription(
                "Body: the user's row of get_user_embedding_feature_batch (profile, decision_stats, price_stats, tags, performers; "
                + "liked_videos for v3). Without a body it is read from the newest decisions in the service's database.");
    }

    internal sealed record Refreshed(string UserId, string Version);

    private static async Task<IResult> RecommendAsync(string id, int? k, ModelLedger models, CancellationToken cancellationToken)
    {
        id = Checked(id);
        var count = k ?? 10;
        if (count is < 1 or > MaxRecommendations)
            throw new FormatException($"k: {count}, expected 1 to {MaxRecommendations}");
        return Results.Json(await models.RecommendAsync(id, count, cancellationToken), HostJson.Options);
    }

    private static async Task<IResult> RefreshAsync(
        string id, HttpRequest request, UserEmbedder embedder, CancellationToken cancellationToken)
    {
        id = Checked(id);
        var body = await JsonBody.ReadAsync(request, cancellationToken);
        var payload = body.ValueKind == JsonValueKind.Undefined ? null : Read(body, id);
        return Results.Json(new Refreshed(id, await embedder.RefreshAsync(id, payload, cancellationToken)), HostJson.Options);
    }

    private static UserPayload Read(JsonElement body, string id)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new FormatException("the body is no JSON object, expected the user's row of get_user_embedding_feature_batch");
        if (body.TryGetProperty("user_id", out var found) && (found.ValueKind != JsonValueKind.String || RowIds.Normalise(found.GetString()!) != id))
            throw new FormatException($"user_id: {found.GetRawText()}, expected \"{id}\" as in the address, or none");
        try
        {
            var node = System.Text.Json.Nodes.JsonObject.Create(body)!;
            node["user_id"] = id;
            return node.Deserialize<UserPayload>(HostJson.Options)!;
        }
        catch (JsonException error)
        {
            throw new FormatException($"the payload cannot be read at {error.Path}: {error.Message}", error);
        }
    }

    private static string Checked(string id) => string.IsNullOrWhiteSpace(id) || id.Length > MaxIdLength
        ? throw new FormatException($"a user id of {id.Length} characters, expected 1 to {MaxIdLength}")
        : RowIds.Normalise(id);
}
