using Microsoft.AspNetCore.Http;

namespace Retraining.Host.Http;

/// <summary>202 with the run's addresses, as Durable Functions answers a start.</summary>
internal sealed class StartedResult(string runId) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var uris = ManagementUris.For(httpContext.Request, runId);
        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers.Location = uris.StatusQueryGetUri;
        response.Headers.RetryAfter = "10";
        return response.WriteAsJsonAsync(uris, HostJson.Options, httpContext.RequestAborted);
    }
}
