using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MimeKit;
using Retraining.Tests.Durability;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Cli;

/// <summary>What people are told by the released programs, over a real webhook and a real mail server with TLS.</summary>
public sealed class NotificationTests : IDisposable
{
    private const string Page = "https://retrain.example.org";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly CliFixture _cli = new();
    private readonly X509Certificate2 _certificate = MailServer.Certificate();

    public void Dispose()
    {
        _certificate.Dispose();
        _cli.Dispose();
    }

    [Fact]
    public async Task Run_Published_TellsWhatIsLiveAndHowToGoBack()
    {
        await using var webhook = await WebhookServer.StartAsync();
        using var mail = await MailServer.StartAsync(); // a relay that asks nothing
        var variables = Variables(webhook.Url, $"smtp://127.0.0.1:{mail.Port}");
        var sample = await _cli.SampleAsync();
        await RunAsync(variables, 0, "run", "--data", sample, "--run-id", "first", "--version", "20261101_000000");
        await RunAsync(variables, 0, "run", "--data", sample, "--run-id", "second");

        Assert.Equal(2, webhook.Texts.Count);
        AssertTold(
            webhook, mail, "Retraining second (started by cli): published",
            "Version 20", $"Lies in {_cli.PathOf("model-artifacts")}", "recall@10 0.", "champion 20261101_000000 0.",
            "To go back: retrain rollback 20261101_000000 --reason", $"{Page}/runs/second");
    }

    [Fact]
    public async Task Run_Rejected_TellsTheRuleAndWhatIsLeftToDo()
    {
        await using var webhook = await WebhookServer.StartAsync();
        using var mail = await MailServer.StartAsync(_certificate);
        var variables = Variables(webhook.Url, $"smtp://ops:hunter2%20%C3%A9@127.0.0.1:{mail.Port}");
        variables["TwoTower__Gate__AbsoluteFloor"] = "0.99";
        await RunAsync(variables, 3, "run", "--data", await _cli.SampleAsync(), "--run-id", "refused", "--started-by", "ann");

        AssertTold(
            webhook, mail, "Retraining refused (started by ann): rejected",
            "Refused by absolute-floor: recall@10 is 0.", "expected at least 0.99", "What was live still is.",
            "retrain run --override-reason", $"{Page}/runs/refused");
        Assert.Equal(("ops", "hunter2 é"), Assert.Single(mail.Logins)); // over STARTTLS
    }

    [Fact]
    public async Task Run_Failed_TellsTheErrorAndHowToGoOn()
    {
        await using var webhook = await WebhookServer.StartAsync();
        using var mail = await MailServer.StartAsync(_certificate, implicitTls: true);
        var variables = Variables(webhook.Url, $"smtps://ops:hunter2%20%C3%A9@127.0.0.1:{mail.Port}");
        await RunAsync(variables, 1, "run", "--data", _cli.PathOf("nowhere"), "--run-id", "broken");

        AssertTold(
            webhook, mail, "Retraining broken (started by cli): failed", "sync: ", _cli.PathOf("nowhere"),
            "Go on after the cause is gone: retrain resume broken", $"{Page}/runs/broken");
        Assert.Equal(("ops", "hunter2 é"), Assert.Single(mail.Logins)); // over TLS from the first byte
    }

    [Fact]
    public async Task Run_WebhookAndMailServerBroken_PublishesAndSaysWhoWasNotTold()
    {
        await using var webhook = await WebhookServer.StartAsync(500);
        using var mail = await MailServer.StartAsync(_certificate);
        var variables = Variables(webhook.Url, $"smtp://ops:wrong@127.0.0.1:{mail.Port}");
        variables["TwoTower__Logging__Format"] = "json";

        var written = await RunAsync(variables, 0, "run", "--data", await _cli.SampleAsync(), "--run-id", "weekly");

        var failures = written.Split('\n')
            .Where(line => line.StartsWith('{') && line.Contains("could not be told", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(2, failures.Count);
        Assert.All(failures, line => Assert.Equal("weekly", line.GetProperty("scope").GetProperty("retrain.run.id").GetString()));
        Assert.Contains(failures, line => line.GetProperty("message").GetString() == "webhook could not be told: status 500, expected 200");
        Assert.Contains("\"Stage train started, attempt 1\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_MissedWhileNoHostWasUp_IsTold()
    {
        await using var webhook = await WebhookServer.StartAsync();
        using var mail = await MailServer.StartAsync(_certificate);
        var variables = Variables(webhook.Url, $"smtp://ops:hunter2%20%C3%A9@127.0.0.1:{mail.Port}");
        variables["RETRAIN_START_KEY"] = "start-key-0123456789abcdef";
        variables["TwoTower__Schedule__CatchUp"] = "false";
        Directory.CreateDirectory(_cli.PathOf("work"));
        var longAgo = DateTimeOffset.UtcNow.AddDays(-15).ToString("O", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(
            Path.Combine(_cli.PathOf("work"), "schedule.json"),
            $$"""{"expression":"0 0 19 * * 6","timeZone":"UTC","handledUntil":"{{longAgo}}"}""");

        using var serve = RetrainProcess.Start(variables, "serve", "--url", "http://127.0.0.1:0");
        for (var waited = 0; mail.Messages.IsEmpty || webhook.Texts.IsEmpty; waited++)
        {
            Assert.True(waited < 1200 && !serve.HasExited, serve.Text);
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        AssertTold(webhook, mail, "Retraining retrain-20", "was missed", "no host was up", "To run it now: retrain run");
    }

    /// <summary>Both were told the same.</summary>
    private static void AssertTold(WebhookServer webhook, MailServer mail, string subject, params string[] parts)
    {
        var text = webhook.Texts.Last();
        MimeMessage message = mail.Messages.Last();
        Assert.StartsWith(subject, text, StringComparison.Ordinal);
        Assert.StartsWith(subject, message.Subject, StringComparison.Ordinal);
        foreach (var part in parts)
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
            Assert.Contains(part, $"{message.Subject}\n{message.TextBody!.ReplaceLineEndings("\n")}", StringComparison.Ordinal);
        }
    }

    /// <returns>All that it wrote.</returns>
    private static async Task<string> RunAsync(Dictionary<string, string> variables, int expected, params string[] arguments)
    {
        using var run = RetrainProcess.Start(variables, arguments);
        using var limit = new CancellationTokenSource(Limit);
        var code = await run.WaitAsync(limit.Token);
        Assert.True(code == expected, $"exit code {code}, expected {expected}\n{run.Text}");
        return run.Text;
    }

    private Dictionary<string, string> Variables(string webhook, string mail)
    {
        var trusted = _cli.PathOf("trusted.pem");
        File.WriteAllText(trusted, _certificate.ExportCertificatePem());
        return new Dictionary<string, string>(_cli.Variables.ToDictionary(pair => pair.Key, pair => pair.Value!), StringComparer.Ordinal)
        {
            ["RETRAIN_WEBHOOK_URL"] = webhook,
            ["RETRAIN_SMTP_URL"] = mail,
            ["SSL_CERT_FILE"] = trusted,
            ["TwoTower__Notification__EmailTo"] = "ops@example.com",
            ["TwoTower__Hosting__PublicUrl"] = Page,
        };
    }
}
