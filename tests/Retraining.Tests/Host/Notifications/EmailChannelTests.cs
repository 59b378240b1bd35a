using System.Net;
using System.Net.Sockets;
using Retraining.Host.Notifications;
using Retraining.Operations;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Host.Notifications;

/// <summary>Against a real SMTP server. A certificate that is trusted needs a process that trusts it: NotificationTests.</summary>
public sealed class EmailChannelTests
{
    private static readonly NotificationSettings Settings = new()
    {
        EmailTo = ["ops@example.com", "Boss <boss@example.com>"],
        EmailFrom = "retrain@example.com",
    };

    [Fact]
    public async Task Send_Relay_ReachesEveryRecipientAsWritten()
    {
        using var server = await MailServer.StartAsync();

        var failure = await SendAsync($"smtp://127.0.0.1:{server.Port}", "Retraining 再学習: rejected", "recall@10 fell\nby 3 % – あ");

        Assert.Null(failure);
        var message = Assert.Single(server.Messages);
        Assert.Equal("Retraining 再学習: rejected", message.Subject);
        Assert.Equal("recall@10 fell\nby 3 % – あ", message.TextBody!.ReplaceLineEndings("\n").TrimEnd('\n'));
        Assert.Equal(["ops@example.com", "boss@example.com"], message.To.Mailboxes.Select(mailbox => mailbox.Address));
        Assert.Equal("retrain@example.com", Assert.Single(message.From.Mailboxes).Address);
        Assert.Empty(server.Logins);
    }

    [Theory]
    [InlineData("smtp", false)]
    [InlineData("smtps", true)]
    public async Task Send_CertificateThatNobodyVouchesFor_IsRefusedBeforeThePassword(string scheme, bool implicitTls)
    {
        using var certificate = MailServer.Certificate();
        using var server = await MailServer.StartAsync(certificate, implicitTls);

        var failure = await SendAsync($"{scheme}://user:hunter2%20%C3%A9@127.0.0.1:{server.Port}");

        Assert.StartsWith("the server's certificate is not trusted", failure, StringComparison.Ordinal);
        Assert.Empty(server.Logins);
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task Send_PasswordToAServerWithoutTls_IsNotSent()
    {
        using var server = await MailServer.StartAsync();

        var failure = await SendAsync($"smtp://user:hunter2@127.0.0.1:{server.Port}");

        Assert.Contains("STARTTLS", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure, StringComparison.Ordinal);
        Assert.Empty(server.Logins);
        Assert.Empty(server.Messages);
    }

    [Fact]
    public async Task Send_NobodyThere_TellsWhyWithoutThePassword()
    {
        var failure = await SendAsync("smtp://user:hunter2@127.0.0.1:1");

        Assert.NotNull(failure);
        Assert.DoesNotContain("hunter2", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ServerThatNeverAnswers_EndsWithItsLimit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        var sending = Channel($"smtp://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}").SendAsync("s", "t", Settings, limit.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Send_RecipientThatIsNoAddress_SaysSo()
    {
        using var server = await MailServer.StartAsync();

        var failure = await Channel($"smtp://127.0.0.1:{server.Port}").SendAsync("s", "t", Settings with { EmailTo = ["@"] }, default);

        Assert.StartsWith("an address cannot be read", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mail.example.com")]
    [InlineData("https://user:hunter2@mail.example.com")]
    [InlineData("smtp://")]
    public async Task Send_AddressThatCannotBeUsed_TellsWhatIsExpected(string url)
    {
        var failure = await SendAsync(url);

        Assert.StartsWith("RETRAIN_SMTP_URL is no smtp URL, expected smtp://user:password@host:587", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void IsConfigured_NeedsServerAndRecipients()
    {
        Assert.True(Channel("smtp://mail").IsConfigured(Settings));
        Assert.False(Channel("smtp://mail").IsConfigured(new NotificationSettings()));
        Assert.False(new EmailChannel(_ => null).IsConfigured(Settings));
    }

    private static Task<string?> SendAsync(string url, string subject = "subject", string text = "text") =>
        Channel(url).SendAsync(subject, text, Settings, default);

    private static EmailChannel Channel(string url) => new(variable => variable == EmailChannel.Variable ? url : null);
}
