using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>Probes, open to everyone: they tell nothing but whether the host lives and can reach its runs.</summary>
internal static class ProbeRoutes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        var probes = routes.MapGroup("").AllowAnonymous().WithTags("Probes");
        probes.MapGet("/healthz", () => Results.Json(new Answer("alive"))).Produces<Answer>().WithSummary("The process answers");
        probes.MapGet("/readyz", ReadyAsync).Produces<Answer>().ProducesProblem(503).WithSummary("Runs can be read");
    }

    internal sealed record Answer(string Status);

    private static async Task<IResult> ReadyAsync(
        IRunClient runs, TimeProvider time, ILogger<RunQuery> logger, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await runs.ListAsync(new RunQuery { Top = 1 }, either.Token);
            return Results.Json(new Answer("ready"));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            logger.NotReady(error);
            return Results.Problem("runs cannot be read", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
