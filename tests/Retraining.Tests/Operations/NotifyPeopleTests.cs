using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Tests.Host;

namespace Retraining.Tests.Operations;

public sealed class NotifyPeopleTests : IDisposable
{
    private static readonly StageContext Context = new("weekly", DateTimeOffset.UnixEpoch, 1, new Progress<StageProgress>());
    private readonly Answer _answer = new();
    private readonly HttpClient _http;
    private string? _url = "https://hooks.example.org/services/T0/B0/secret";

    public NotifyPeopleTests() => _http = new HttpClient(_answer);

    public void Dispose()
    {
        _http.Dispose();
        _answer.Dispose();
    }

    [Fact]
    public async Task RunAsync_Published_TellsVersionPlaceAndMetrics()
    {
        var told = await RunAsync(SampleRuns.Published("x").Result! with { Location = "/models/1/" });

        Assert.Equal(["log", "webhook"], told.Delivered);
        Assert.Empty(told.Failed);
        foreach (var part in new[] { "weekly", "published", "20261120_120000", "/models/1/", "recall@10 0.2100", "popularity 0.1100", "champion 20261113_120000 0.2000" })
            Assert.Contains(part, _answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Rejected_TellsTheRuleThatRefused()
    {
        await RunAsync(SampleRuns.Rejected("x").Result);

        Assert.Contains("Refused by not-worse-than-champion: paired difference, lower bound", _answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Failed_TellsTheErrorAndWhatToDo()
    {
        await RunAsync(null, "sync: connection refused");

        Assert.Contains("sync: connection refused", _answer.Body, StringComparison.Ordinal);
        Assert.Contains("retrain resume weekly", _answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WebhookAnswers500_DoesNotFailAndSaysSo()
    {
        _answer.Status = HttpStatusCode.InternalServerError;

        var told = await RunAsync(SampleRuns.Published("x").Result);

        Assert.Equal(["log"], told.Delivered);
        Assert.Equal(["webhook: status 500, expected 200"], told.Failed);
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("file:///etc/passwd")]
    public async Task RunAsync_WebhookThatIsNoUrl_DoesNotFailAndDoesNotRepeatIt(string url)
    {
        _url = url;

        var told = await RunAsync(SampleRuns.Published("x").Result);

        Assert.Equal("webhook: RETRAIN_WEBHOOK_URL is no http or https URL", Assert.Single(told.Failed));
    }

    [Fact]
    public async Task RunAsync_NobodyListens_DoesNotFailAndKeepsTheAddressSecret()
    {
        _answer.Fault = new HttpRequestException(HttpRequestError.ConnectionError, "https://hooks.example.org/services/T0/B0/secret refused");

        var told = await RunAsync(SampleRuns.Published("x").Result);

        Assert.Equal("webhook: ConnectionError", Assert.Single(told.Failed));
    }

    [Fact]
    public async Task RunAsync_OutcomeThatNobodyWants_StaysInTheLog()
    {
        var told = await RunAsync(SampleRuns.Rejected("x").Result, on: ["published"]);

        Assert.Equal(["log"], told.Delivered);
        Assert.Null(_answer.Body);
    }

    [Fact]
    public async Task RunAsync_NoWebhook_StaysInTheLog()
    {
        _url = null;

        Assert.Equal(["log"], (await RunAsync(SampleRuns.Published("x").Result)).Delivered);
    }

    private Task<Notification> RunAsync(RetrainingResult? result, string? error = null, string[]? on = null)
    {
        var settings = on is null ? new NotificationSettings() : new NotificationSettings { On = on };
        var channel = new WebhookChannel(_ => _url, _http);
        var announcer = new Announcer([channel], new SecretText([]), TimeProvider.System, NullLogger<Announcer>.Instance);
        return new NotifyPeople(announcer).RunAsync(new NotifyPeople.Input(result, error, "timer", settings), Context, CancellationToken.None);
    }

    private sealed class Answer : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;
        public Exception? Fault { get; set; }
        public string? Body { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Fault is not null)
                throw Fault;
            using var body = System.Text.Json.JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            Body = body.RootElement.GetProperty("text").GetString();
            return new HttpResponseMessage(Status);
        }
    }
}
