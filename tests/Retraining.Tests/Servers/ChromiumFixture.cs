using Microsoft.Playwright;

namespace Retraining.Tests.Servers;

/// <summary>A real Chromium for one test class. Use it as a class fixture together with <see cref="ChromiumFactAttribute"/>.</summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    // The flags after the first keep it from looking for hosts outside.
    private static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    // Of waits for what the page is to show or to do: an idle machine takes well under a second.
    private const float PatienceMs = 120_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        var browser = _browser ?? throw new InvalidOperationException("no Chromium: mark the test [ChromiumFact]");
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(PatienceMs);
        return context;
    }

    public async Task InitializeAsync()
    {
        if (LocalServer.Chromium.Reason is not null)
            return;
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = LocalServer.Chromium.Address, Args = Flags, Timeout = PatienceMs });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
