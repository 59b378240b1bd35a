using Microsoft.Playwright;
using Retraining.Cli;
using Retraining.Tests.Cli;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Documentation;

/// <summary>The status page over real runs of the released commands: two published, one refused.</summary>
public sealed class StatusPagePictures(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>, IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [PictureFact]
    public async Task Write_StatusPage_ShowsAPublishedAndARefusedRunAndTheLedger()
    {
        var sample = _cli.PathOf("sample");
        string[] make = ["sample", "--output-dir", sample, "--users", "800", "--videos", "900", "--decisions", "24000"];
        Assert.Equal(0, (await _cli.RunAsync(make)).Code);
        string[] run = ["run", "--data", sample, "--started-by", "timer", "--set", "training.start=random", "--epochs"];
        Assert.Equal(0, (await _cli.RunAsync([.. run, "3", "--run-id", "retrain-2026-W46"])).Code);
        Assert.Equal(0, (await _cli.RunAsync([.. run, "12", "--run-id", "retrain-2026-W47"])).Code);
        Assert.Equal(3, (await _cli.RunAsync([.. run, "1", "--run-id", "retrain-2026-W48"])).Code);

        using var stop = new CancellationTokenSource();
        await using var error = new WatchedWriter("Status page: ");
        var streams = new CliStreams(TextWriter.Null, error, Live: false);
        string[] serve = ["serve", "--development", "--url", "http://127.0.0.1:0"];
        var serving = RetrainProgram.RunAsync(serve, streams, _cli.Variables, stop.Token);
        var link = await error.Found.WaitAsync(TimeSpan.FromMinutes(1));
        await TakeAsync(link, "status-page.png", ColorScheme.Light, 1120, fullPage: true);
        await TakeAsync(link, "status-page-phone.png", ColorScheme.Dark, 390, fullPage: false);
        await stop.CancelAsync();
        await serving;
    }

    private async Task TakeAsync(string link, string name, ColorScheme scheme, int width, bool fullPage)
    {
        await using var browser = await chromium.NewContextAsync(new()
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 844 },
            Locale = "en-GB",
            TimezoneId = "Asia/Tokyo",
        });
        var page = await browser.NewPageAsync();
        await page.GotoAsync(link);
        var headline = page.GetByRole(AriaRole.Heading, new() { Level = 1 });
        await Assertions.Expect(headline).ToHaveTextAsync("The last run was refused. What was live still is.");
        await Assertions.Expect(page.GetByText("Published").First).ToBeAttachedAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Versions" })).ToBeAttachedAsync();
        await page.ScreenshotAsync(new() { Path = Path.Combine(RepositoryFolder.Path, "docs", name), FullPage = fullPage });
    }
}
