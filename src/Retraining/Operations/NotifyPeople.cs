using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using Retraining.Execution;

namespace Retraining.Operations;

/// <summary>Tells people how a run ended: in the log, and to a Slack-compatible webhook where one is set. A channel that fails never fails the run.</summary>
public sealed class NotifyPeople(ReadWebhookUrl readWebhookUrl, HttpClient http, TimeProvider time, ILogger<NotifyPeople> logger)
    : IStage<NotifyPeople.Input, Notification>
{
    private static readonly TimeSpan WebhookLimit = TimeSpan.FromSeconds(15);

    /// <param name="Result">Null when the run failed.</param>
    /// <param name="Error">Why it failed; null otherwise.</param>
    public sealed record Input(RetrainingResult? Result, string? Error, string StartedBy, NotificationSettings Notification);

    public async Task<Notification> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var message = NotificationText.Of(input, context.RunId);
        logger.RunEnded(message);
        var wanted = input.Notification.On.Contains(NotificationText.Outcome(input), StringComparer.OrdinalIgnoreCase);
        if (!wanted || readWebhookUrl() is not { } url)
            return new Notification { Delivered = ["log"], Failed = [] };

        var failure = await PostAsync(url, message, cancellationToken);
        if (failure is null)
            return new Notification { Delivered = ["log", "webhook"], Failed = [] };
        logger.WebhookFailed(failure);
        return new Notification { Delivered = ["log"], Failed = [$"webhook: {failure}"] };
    }

    /// <returns>Why it failed, without the address, or null.</returns>
    private async Task<string?> PostAsync(string url, string message, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return "the address is no http or https URL";

        using var limit = new CancellationTokenSource(WebhookLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var answer = await http.PostAsJsonAsync(address, new { text = message }, either.Token);
            return answer.IsSuccessStatusCode ? null : $"status {(int)answer.StatusCode}, expected 200";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {WebhookLimit.TotalSeconds:F0} s";
        }
        catch (HttpRequestException e)
        {
            return $"{e.HttpRequestError}";
        }
    }
}
