using System.Net.Http.Json;

namespace Retraining.Operations;

/// <summary>A Slack-compatible incoming webhook: <c>POST {"text": …}</c>.</summary>
public sealed class WebhookChannel(ReadSecret secrets, HttpClient http) : INotificationChannel
{
    /// <summary>Holds the webhook's address, which is a secret.</summary>
    public const string Variable = "RETRAIN_WEBHOOK_URL";

    public string Name => "webhook";

    public bool IsConfigured(NotificationSettings settings) => secrets(Variable) is not null;

    public async Task<string?> SendAsync(string subject, string text, NotificationSettings settings, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(secrets(Variable), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            return $"{Variable} is no http or https URL";
        try
        {
            using var content = JsonContent.Create(new { text = $"{subject}\n{text}" });
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"status {(int)answer.StatusCode}, expected 200";
        }
        catch (HttpRequestException error)
        {
            return $"{error.HttpRequestError}";
        }
    }
}
