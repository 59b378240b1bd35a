using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>Turns what a route throws into problem+json. What nobody expected is logged, and the caller learns no detail.</summary>
internal sealed class ErrorAnswers(IProblemDetailsService problems, SecretText secrets, ILogger<ErrorAnswers> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
            return true;

        var problem = exception switch
        {
            RunInProgressException conflict => Conflict(httpContext, conflict),
            FormatException error => new ProblemDetails { Status = 400, Title = "Bad request", Detail = error.Message },
            JournalUnreadableException error => new ProblemDetails { Status = 500, Title = "The run cannot be read", Detail = error.Message },
            PermanentStageException error => new ProblemDetails { Status = 409, Title = "Not as things are", Detail = error.Message },
            BadHttpRequestException error => new ProblemDetails { Status = error.StatusCode, Title = "Bad request", Detail = error.Message },
            _ => Unexpected(httpContext, exception),
        };
        problem.Detail = secrets.Redact(problem.Detail!);
        httpContext.Response.StatusCode = problem.Status!.Value;
        await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
        return true;
    }

    private static ProblemDetails Conflict(HttpContext http, RunInProgressException conflict)
    {
        var uris = ManagementUris.For(http.Request, conflict.RunId);
        http.Response.Headers.Location = uris.StatusQueryGetUri;
        return new ProblemDetails
        {
            Status = StatusCodes.Status409Conflict,
            Title = "A run is in progress",
            Detail = conflict.Message,
            Extensions = { ["id"] = uris.Id, ["statusQueryGetUri"] = uris.StatusQueryGetUri },
        };
    }

    private ProblemDetails Unexpected(HttpContext http, Exception error)
    {
        logger.RequestFailed(http.Request.Method, http.Request.Path, error);
        return new ProblemDetails
        {
            Status = StatusCodes.Status500InternalServerError,
            Title = "Something went wrong",
            Detail = "See the host's log.",
        };
    }
}
