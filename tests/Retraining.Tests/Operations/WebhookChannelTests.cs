using System.Net;
using System.Text.Json;
using Retraining.Operations;

namespace Retraining.Tests.Operations;

public sealed class WebhookChannelTests
{
    [Fact]
    public async Task Send_SlackCompatible_PostsSubjectAndTextAsOne()
    {
        using var slack = new Answering(HttpStatusCode.OK);

        Assert.Null(await Channel(slack).SendAsync("公開しました", "recall@10 0.21", new(), default));

        Assert.Equal("公開しました\nrecall@10 0.21", JsonDocument.Parse(Assert.Single(slack.Bodies)).RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Send_Refused_TellsTheStatusButNotTheAddress()
    {
        using var slack = new Answering(HttpStatusCode.NotFound);

        var failure = await Channel(slack).SendAsync("s", "t", new(), default);

        Assert.Equal("status 404, expected 200", failure);
    }

    [Fact]
    public async Task Send_NobodyThere_TellsWhy()
    {
        using var http = new HttpClient();
        var channel = new WebhookChannel(_ => "http://127.0.0.1:1/services/T0/B0/x", http);
        Assert.Equal("ConnectionError", await channel.SendAsync("s", "t", new(), default));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("https://hooks.example/services/x", true)]
    public void IsConfigured_Variable_Decides(string? url, bool expected)
    {
        using var http = new HttpClient();
        Assert.Equal(expected, new WebhookChannel(_ => url, http).IsConfigured(new()));
    }

    private static WebhookChannel Channel(HttpMessageHandler slack) => new(_ => "https://hooks.example/services/T0/B0/x", new HttpClient(slack));

    private sealed class Answering(HttpStatusCode status) : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(status);
        }
    }
}
