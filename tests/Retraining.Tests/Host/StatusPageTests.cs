using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Local.Engine;
using Retraining.Serving;
using Retraining.Tests.Local.Runs;
using Retraining.Tests.Servers;
using static System.FormattableString;

namespace Retraining.Tests.Host;

/// <summary>The status page as a person has it: in a real browser.</summary>
public sealed class StatusPageTests(ChromiumFixture chromium) : IClassFixture<ChromiumFixture>
{
    [ChromiumFact]
    public async Task SignIn_WithTheKeyboard_LeadsToTheOverview()
    {
        await using var host = await HostFixture.StartAsync(realTime: true);
        await using var browser = await chromium.NewContextAsync();
        var page = await browser.NewPageAsync();

        await page.GotoAsync($"{host.Url}");
        await page.Keyboard.TypeAsync(HostFixture.StartKey); // the field has the focus
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Ready. Nothing has run yet.");
        Assert.Equal($"{host.Url}", page.Url);
    }

    [ChromiumFact]
    public async Task Overview_RunGoesOn_IsFollowedWithoutReloading()
    {
        await using var host = await HostFixture.StartAsync(realTime: true);
        var run = SampleRuns.Running() with { CreatedAt = DateTimeOffset.UtcNow };
        host.Runs.Add(run);
        await using var browser = await chromium.NewContextAsync();
        var (page, faults) = await OpenAsync(browser, host);
        await Assertions.Expect(page.GetByText("Train the towers: epoch 3 of 20").First).ToBeVisibleAsync();

        host.Runs.Add(run with { Stages = [run.Stages[0], run.Stages[1] with { Progress = new StageProgress { Message = "epoch 4 of 20", Fraction = 0.2 } }] });
        await Assertions.Expect(page.GetByText("Train the towers: epoch 4 of 20").First).ToBeVisibleAsync();

        host.Runs.Add(SampleRuns.Rejected(run.RunId));
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("The last run was refused. What was live still is.");
        await Assertions.Expect(page.GetByText("✗ broken")).ToBeVisibleAsync();
        Assert.Empty(faults);
    }

    [ChromiumFact]
    public async Task Ledger_RollBack_AsksForAReasonAndShowsTheNewLiveVersion()
    {
        await using var host = await HostFixture.StartAsync(realTime: true);
        await AddVersionsAsync(host);
        await using var browser = await chromium.NewContextAsync();
        var (page, faults) = await OpenAsync(browser, host, "/models");

        await page.GetByText("Roll back", new() { Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make 20261113_120000 live" }).ClickAsync();
        Assert.Empty(host.Index.Changes); // the browser holds back a form without a reason

        await page.GetByLabel("Reason").FillAsync("同じ動画ばかり出る");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make 20261113_120000 live" }).ClickAsync();
        Assert.Empty(host.Index.Changes); // nor one without a name
        await page.GetByLabel("Your name").FillAsync("Ana");
        await page.Keyboard.PressAsync("Enter");

        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "20261113_120000" });
        await Assertions.Expect(row).ToContainTextAsync("Live");
        await Assertions.Expect(row).ToContainTextAsync("同じ動画ばかり出る");
        var change = Assert.Single(host.Index.Changes);
        Assert.Equal(("Ana", "同じ動画ばかり出る"), (change.By, change.Reason));
        await page.GetByText("Roll back", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Your name")).ToHaveValueAsync("Ana"); // asked for once
        Assert.Empty(faults);
    }

    [ChromiumFact]
    public async Task Overview_FormInUse_IsNotTakenAwayByUpdates()
    {
        await using var host = await HostFixture.StartAsync(realTime: true);
        host.Runs.Add(SampleRuns.Rejected("run-1"));
        await AddVersionsAsync(host);
        await using var browser = await chromium.NewContextAsync();
        var (page, _) = await OpenAsync(browser, host);
        await page.GetByText("Roll back", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("half a sentence");

        host.Index.Versions[0] = host.Index.Versions[0] with { Reason = "changed meanwhile" };
        host.Runs.Add(SampleRuns.Published("run-2") with { CreatedAt = HostFixture.Start.AddHours(1) });
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("All quiet. The last run went live.");

        Assert.Equal("half a sentence", await page.GetByLabel("Reason").InputValueAsync());
    }

    [ChromiumFact]
    public async Task Ledger_RollBackToAVersionWhoseFilesAreGone_SaysSoAndWhatIsLive()
    {
        await using var host = await HostFixture.StartAsync(realTime: true);
        await AddVersionsAsync(host);
        host.Index.Versions[1] = host.Index.Versions[1] with { IsLoaded = false }; // dropped, and published without embeddings
        await using var browser = await chromium.NewContextAsync();
        var (page, _) = await OpenAsync(browser, host, "/models");

        await page.GetByText("Roll back", new() { Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("loaded again from its published files first")).ToBeVisibleAsync();
        await page.GetByLabel("Your name").FillAsync("Ana");
        await page.GetByLabel("Reason").FillAsync("worse");
        await page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Version 20261113_120000 was not made live. What was live still is.");
        Assert.Empty(host.Index.Changes);
    }

    [ChromiumTheory]
    [InlineData(ColorScheme.Light, 1180)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Overview_Training_CurvesGrowWithoutReloading(ColorScheme scheme, int width)
    {
        await using var host = await HostFixture.StartAsync(realTime: true);
        host.Runs.Add(SampleRuns.Running("run-1") with { CreatedAt = DateTimeOffset.UtcNow });
        await WriteCurveAsync(host, epochs: 2);
        await using var browser = await chromium.NewContextAsync(
            new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var (page, faults) = await OpenAsync(browser, host);
        var (loss, recall) = (page.Locator("polyline.loss"), page.Locator("polyline.recall"));
        await Assertions.Expect(loss).ToHaveAttributeAsync("points", Points(2));
        await Assertions.Expect(recall).ToHaveAttributeAsync("points", Points(2));

        await WriteCurveAsync(host, epochs: 5);

        await Assertions.Expect(loss).ToHaveAttributeAsync("points", Points(5));
        await Assertions.Expect(recall).ToHaveAttributeAsync("points", Points(5));
        var chart = page.GetByRole(AriaRole.Img, new() { Name = "Training, epoch 5, loss 4.5, recall@10 0.1" });
        await Assertions.Expect(chart).ToBeVisibleAsync();
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        foreach (var selector in new[] { ".tick", ".tick.loss", ".tick.recall", ".pill.busy" })
            await AssertReadableAsync(page, scheme, selector);
        Assert.Empty(faults);
    }

    [ChromiumFact]
    public async Task Runs_ThousandStored_ArePagedThroughAndFiltered()
    {
        var folder = Directory.CreateTempSubdirectory("thousand-").FullName;
        StoredRuns.InFolder(folder, 1000);
        await using var engine = new LocalEngine(new EngineServices
        {
            Settings = new EngineSettings { Folder = folder },
            Stages = new StageRegistry(),
            Logging = NullLoggerFactory.Instance,
        });
        await using var host = await HostFixture.StartAsync(realTime: true, engine: engine);
        await using var browser = await chromium.NewContextAsync();
        var (page, faults) = await OpenAsync(browser, host);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("The last run failed.");
        await Assertions.Expect(page.Locator(".runs tbody tr")).ToHaveCountAsync(10);

        await page.GetByRole(AriaRole.Link, new() { Name = "All runs" }).ClickAsync();
        await Assertions.Expect(page.Locator(".runs tbody tr")).ToHaveCountAsync(50);
        await page.GetByRole(AriaRole.Link, new() { Name = "Older runs" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "stored-0949" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Failed" }).ClickAsync();
        await Assertions.Expect(page.Locator(".runs tbody tr")).ToHaveCountAsync(10);

        Assert.Empty(faults);
        Directory.Delete(folder, recursive: true);
    }

    [ChromiumFact]
    public async Task Pages_OnAPhone_NeverScrollSideways()
    {
        await using var host = await HostFixture.StartAsync(realTime: true);
        var published = SampleRuns.Published("retrain-2026-W46");
        host.Runs.Add(published with { Stages = SampleRuns.Running().Stages, CreatedAt = HostFixture.Start.AddDays(-7) });
        host.Runs.Add(SampleRuns.Running("run-1"));
        await WriteCurveAsync(host, epochs: 3);
        await AddVersionsAsync(host);
        await using var browser = await chromium.NewContextAsync(new() { ViewportSize = new() { Width = 360, Height = 740 } });

        foreach (var path in new[] { "/", "/runs", "/runs/run-1", "/runs/retrain-2026-W46", "/models", "/sign-in" })
        {
            var (page, _) = await OpenAsync(browser, host, path);
            Assert.Equal((path, 360), (path, await page.EvaluateAsync<int>("document.documentElement.scrollWidth")));
        }
    }

    [ChromiumFact]
    public async Task Colours_LightAndDark_AreReadable()
    {
        await using var host = await HostFixture.StartAsync(realTime: true);
        host.Runs.Add(SampleRuns.Rejected("run-1") with { Stages = SampleRuns.Running().Stages });
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await using var browser = await chromium.NewContextAsync(new() { ColorScheme = scheme });
            foreach (var (path, selectors) in new[]
            {
                ("/", new[] { "h1", ".quiet", ".pill", "td.wide", "tr.bad .mark", "tr.good .mark", "small", ".change", ".act summary" }),
                ("/runs/run-1", ["tr.good .mark", "tr.bad .mark", ".interval span", ".took", ".detail", ".tries li", ".size"]),
            })
            {
                var (page, _) = await OpenAsync(browser, host, path);
                foreach (var selector in selectors)
                    await AssertReadableAsync(page, scheme, selector);
            }
        }
    }

    private static async Task AssertReadableAsync(IPage page, ColorScheme scheme, string selector)
    {
        var contrast = await page.EvaluateAsync<double>(ContrastOf, selector);
        Assert.True(contrast >= 4.5, $"{scheme} {selector}: contrast {contrast:0.00}, expected 4.5 (WCAG AA)");
    }

    // As many points as epochs, none more.
    private static Regex Points(int epochs) => new($"^([0-9.]+,[0-9.]+ ?){{{epochs}}}$");

    private static Task<ArtifactRef> WriteCurveAsync(HostFixture host, int epochs) => host.Store.WriteAsync(
        "runs/run-1/training_log.ndjson",
        async (stream, ct) =>
        {
            for (var epoch = 1; epoch <= epochs; epoch++)
            {
                var line = Invariant($"{{\"epoch\":{epoch},\"loss\":{7 - (epoch * 0.5)},\"recall@10\":{epoch * 0.02}}}\n");
                await stream.WriteAsync(Encoding.UTF8.GetBytes(line), ct);
            }
        },
        WriteOptions.Private, default);

    // Contrast by WCAG 2: (L1 + 0.05) / (L2 + 0.05), L the relative luminance of text and of the nearest background behind it.
    private const string ContrastOf = """
        (selector) => {
          const rgb = (text) => text.match(/[\d.]+/g).map(Number);
          const luminance = (c) => {
            const [r, g, b] = c.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const element = document.querySelector(selector);
          let behind = element;
          while (rgb(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
          const ink = element instanceof SVGElement ? getComputedStyle(element).fill : getComputedStyle(element).color;
          const [a, b] = [luminance(rgb(ink)), luminance(rgb(getComputedStyle(behind).backgroundColor))].sort((x, y) => y - x);
          return (a + 0.05) / (b + 0.05);
        }
        """;

    private static async Task<(IPage Page, List<string> Faults)> OpenAsync(IBrowserContext browser, HostFixture host, string path = "/")
    {
        var page = await browser.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                faults.Add(message.Text);
        };
        page.PageError += (_, error) => faults.Add(error);
        await page.GotoAsync(new Uri(host.Url, $"{path}?code={HostFixture.StartKey}").ToString());
        return (page, faults);
    }

    private static async Task AddVersionsAsync(HostFixture host)
    {
        foreach (var version in new[] { "20261120_120000", "20261113_120000" })
        {
            host.Index.Versions.Add(new ModelVersion
            {
                Version = version,
                ModelPath = $"two-tower/v3/{version}/",
                EmbeddingDim = 128,
                IsActive = host.Index.Versions.Count == 0,
                IsLoaded = true,
                CreatedAt = HostFixture.Start,
                ActivatedAt = HostFixture.Start,
            });
            await host.PublishEmptyAsync(version);
        }
    }
}
