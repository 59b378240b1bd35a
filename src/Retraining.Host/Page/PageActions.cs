using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Approvals;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Host.Http;
using Retraining.Host.Keys;
using Retraining.Host.Models;
using Retraining.Operations;

namespace Retraining.Host.Page;

/// <summary>What the pages' forms do. Each leads back to a page, so that reloading repeats nothing.</summary>
internal static class PageActions
{
    public static void MapPageActions(this IEndpointRouteBuilder routes)
    {
        var actions = routes.MapGroup("").ExcludeFromDescription().RequireAuthorization(nameof(Access.Start)).AddEndpointFilter(TellRefusal);
        actions.MapPost("/runs", StartAsync);
        actions.MapPost("/models/{version}/activate", ActivateAsync);
        actions.MapPost("/runs/{id}/{verb}", SteerAsync);
    }

    /// <summary>What cannot be done as things are is told by a page, as it was asked on one.</summary>
    private static async ValueTask<object?> TellRefusal(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception error) when (error is RunInProgressException or PermanentStageException)
        {
            var secrets = context.HttpContext.RequestServices.GetRequiredService<SecretText>();
            return Refused("Nothing was changed.", secrets.Redact(error.Message), StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> StartAsync(
        HttpRequest request, IRunClient runs, PageData data, ResolveSettings resolve, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(cancellationToken);
        var name = form["startedBy"].ToString().Trim();
        var retraining = new RetrainingRequest
        {
            Settings = resolve(null),
            StartedBy = name.Length > 0 ? name : "page",
            DryRun = form["dryRun"] == "true",
        };
        try
        {
            var id = await runs.StartAsync(retraining, runId: null, cancellationToken);
            data.Forget();
            return Results.Redirect($"/runs/{id}");
        }
        catch (RunInProgressException conflict)
        {
            return Results.Redirect($"/runs/{conflict.RunId}");
        }
    }

    private static async Task<IResult> SteerAsync(
        string id, string verb, HttpRequest request, IRunClient runs, PageData data, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(cancellationToken);
        var reason = form["reason"].ToString() is { Length: > 0 } text ? text : null;
        Task<ControlResult>? asked = verb switch
        {
            _ when !RunIds.IsValid(id) => null,
            "terminate" => runs.TerminateAsync(id, reason, cancellationToken),
            "suspend" => runs.SuspendAsync(id, reason, cancellationToken),
            "resume" => runs.ResumeAsync(id, reason, cancellationToken),
            "rewind" => runs.RewindAsync(id, reason, cancellationToken),
            "approve" => AnswerAsync(approved: true),
            "reject" => AnswerAsync(approved: false),
            _ => null,
        };
        if (asked is null || await asked == ControlResult.NotFound)
            return Results.NotFound();
        data.Forget();
        return Results.Redirect($"/runs/{id}");

        Task<ControlResult> AnswerAsync(bool approved)
        {
            var by = form["by"].ToString().Trim() is { Length: > 0 } name ? name : "page";
            return runs.AnswerAsync(id, new ApprovalAnswer(approved, reason, by), cancellationToken);
        }
    }

    private static IResult Refused(string title, string why, int statusCode) => Layout.Document(
        "Not done",
        live: null,
        Html.Of($"""
            <main class="alone"><h1>{title}</h1><p class="error">{why}</p><p><a href="/">Back to what happens now</a></p></main>
            """),
        statusCode);

    private static async Task<IResult> ActivateAsync(
        string version, HttpRequest request, ModelLedger models, PageData data, SecretText secrets, CancellationToken cancellationToken)
    {
        var form = await request.ReadFormAsync(cancellationToken);
        if (form["reason"].ToString().Trim() is not { Length: > 0 } reason || form["by"].ToString().Trim() is not { Length: > 0 } by)
            return Refused("Nothing was changed.", "Your name and a reason are needed for the ledger.", StatusCodes.Status400BadRequest);
        try
        {
            if (await models.ActivateAsync(version, by, reason, cancellationToken) is null)
                return Refused("Nothing was changed.", $"The ledger has no version {version}.", StatusCodes.Status404NotFound);
        }
        catch (PermanentStageException error)
        {
            var title = $"Version {version} was not made live. What was live still is.";
            return Refused(title, secrets.Redact(error.Message), StatusCodes.Status409Conflict);
        }

        data.Forget();
        return Results.Redirect("/models");
    }
}
