using System.Net;
using System.Net.Sockets;
using System.Text;
using Retraining.Operations;

namespace Retraining.Tests.Operations;

public sealed class EmailChannelTests
{
    private static readonly NotificationSettings Settings = new() { EmailTo = ["ops@example.com", "boss@example.com"], EmailFrom = "retrain@example.com" };

    [Fact]
    public async Task Send_Message_ReachesEveryRecipient()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var session = TakeOneMessageAsync(server);

        var failure = await Channel($"smtp://127.0.0.1:{Port(server)}").SendAsync("Retraining run-1: rejected", "recall@10 fell", Settings, default);

        Assert.Null(failure);
        var lines = await session;
        Assert.Contains("MAIL FROM:<retrain@example.com>", lines);
        Assert.Contains("RCPT TO:<ops@example.com>", lines);
        Assert.Contains("RCPT TO:<boss@example.com>", lines);
        Assert.Contains("Subject: Retraining run-1: rejected", lines);
        Assert.Contains("recall@10 fell", lines);
    }

    [Fact]
    public async Task Send_NobodyThere_TellsWhyWithoutThePassword()
    {
        var failure = await Channel("smtp://user:hunter2@127.0.0.1:1").SendAsync("s", "t", Settings, default);

        Assert.NotNull(failure);
        Assert.DoesNotContain("hunter2", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mail.example.com", "RETRAIN_SMTP_URL is no smtp URL")]
    [InlineData("https://mail.example.com", "RETRAIN_SMTP_URL is no smtp URL")]
    [InlineData("smtps://user:hunter2@mail.example.com:587", "RETRAIN_SMTP_URL asks for TLS from the first byte")]
    [InlineData("smtp://user:hunter2@mail.example.com:465", "RETRAIN_SMTP_URL asks for TLS from the first byte")]
    public async Task Send_AddressThatCannotBeUsed_TellsWhatToUse(string url, string expected)
    {
        var failure = await Channel(url).SendAsync("s", "t", Settings, default);

        Assert.StartsWith(expected, failure, StringComparison.Ordinal);
        Assert.EndsWith("smtp://user:password@host:587", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_PasswordToAServerWithoutStartTls_IsNotSent()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var session = TakeOneMessageAsync(server);

        var failure = await Channel($"smtp://user:hunter2@127.0.0.1:{Port(server)}").SendAsync("s", "t", Settings, default);

        Assert.NotNull(failure);
        Assert.All(await session, line => Assert.Matches("^(EHLO|HELO|QUIT)", line));
    }

    [Fact]
    public void IsConfigured_NeedsServerAndRecipients()
    {
        Assert.True(Channel("smtp://mail").IsConfigured(Settings));
        Assert.False(Channel("smtp://mail").IsConfigured(new NotificationSettings()));
        Assert.False(new EmailChannel(_ => null).IsConfigured(Settings));
    }

    private static EmailChannel Channel(string url) => new(variable => variable == EmailChannel.Variable ? url : null);

    private static int Port(TcpListener server) => ((IPEndPoint)server.LocalEndpoint).Port;

    // As much of RFC 5321 as one message needs.
    private static async Task<List<string>> TakeOneMessageAsync(TcpListener server)
    {
        using var client = await server.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await using var writer = new StreamWriter(stream, Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 here");
        var lines = new List<string>();
        for (var data = false; await reader.ReadLineAsync() is { } line;)
        {
            lines.Add(line);
            if (data && line != ".")
                continue;
            await writer.WriteLineAsync(line switch { "DATA" => "354 go on", "QUIT" => "221 bye", _ => "250 ok" });
            data = line == "DATA";
            if (line is "." or "QUIT")
                break;
        }

        return lines;
    }
}
