using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Retraining.DurableTask;
using Retraining.Host.Http;

namespace Retraining.Functions;

/// <summary>Every route of the service: <c>POST /api/retrain</c>, the run API, the status page. Who may come in is decided there, by its keys.</summary>
public sealed class HttpFunction(InnerServer service, HubClient hub)
{
    [Function("http")]
    public async Task<IActionResult> AnswerAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", "post", "delete", Route = "{*path}")] HttpRequest request,
        [DurableClient] DurableTaskClient client)
    {
        hub.Bind(client);
        await service.AnswerAsync(request.HttpContext);
        return new EmptyResult();
    }
}
