using System.Net;
using Retraining.Cli;

namespace Retraining.Tests.Cli;

public sealed class ServeCommandTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData(null, "RETRAIN_START_KEY")] // closed by default
    [InlineData("short", "RETRAIN_START_KEY has 5 characters")]
    public async Task Serve_WithoutAUsableKey_Ends2AndNamesTheVariable(string? key, string expected)
    {
        _cli.Variables["RETRAIN_START_KEY"] = key;
        var result = await _cli.RunAsync("serve", "--url", "http://127.0.0.1:0");

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_WrongSchedule_Ends2BeforeItListens()
    {
        _cli.Variables["TwoTower__Schedule__Expression"] = "every sunday";
        var result = await _cli.RunAsync("serve", "--development", "--url", "http://127.0.0.1:0");

        Assert.Equal(2, result.Code);
        Assert.Contains("\"every sunday\"", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Listening", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Development_PrintsALinkThatSignsInAndStopsWhenAsked()
    {
        using var stop = new CancellationTokenSource();
        await using var error = new WatchedWriter("Status page: ");
        var serving = RetrainProgram.RunAsync(
            ["serve", "--development", "--url", "http://127.0.0.1:0"], new CliStreams(TextWriter.Null, error, Live: false), _cli.Variables, stop.Token);

        var link = await error.Found.WaitAsync(TimeSpan.FromMinutes(1));
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() });
        var page = await client.GetStringAsync(link);
        await stop.CancelAsync();

        Assert.Contains("Ready. Nothing has run yet.", page, StringComparison.Ordinal);
        Assert.Equal(0, await serving);
    }
}
