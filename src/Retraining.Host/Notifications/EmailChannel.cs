using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Retraining.Operations;

namespace Retraining.Host.Notifications;

/// <summary>
/// E-mail over SMTP. The server comes from the environment: <c>smtp://user:password@host:587</c> requires STARTTLS, <c>smtps://</c> or port
/// 465 TLS from the first byte. Only a relay that takes no password, on another port than 587, is spoken to in the clear.
/// </summary>
public sealed class EmailChannel(ReadSecret secrets) : INotificationChannel
{
    /// <summary>Holds the server's address, with its password.</summary>
    public const string Variable = "RETRAIN_SMTP_URL";

    private const int SubmissionPort = 587;
    private const int ImplicitTlsPort = 465;
    private static readonly TimeSpan QuitLimit = TimeSpan.FromSeconds(2);

    public string Name => "email";

    public bool IsConfigured(NotificationSettings settings) => secrets(Variable) is not null && settings.EmailTo.Count > 0;

    public async Task<string?> SendAsync(string subject, string text, NotificationSettings settings, CancellationToken cancellationToken)
    {
        var url = secrets(Variable)!;
        if (Mistake(url) is { } mistake)
            return mistake;
        try
        {
            using var message = Message(subject, text, settings);
            await SendAsync(new Uri(url), message, cancellationToken);
            return null;
        }
        catch (ParseException error)
        {
            return $"an address cannot be read: {error.Message}";
        }
        catch (SslHandshakeException)
        {
            return "the server's certificate is not trusted, or it speaks no TLS on this port";
        }
        catch (Exception error) when (
            error is CommandException or ProtocolException or AuthenticationException or NotSupportedException
                or IOException or SocketException)
        {
            return error.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>What is wrong with a server's address, without the address, which holds a password; null for nothing.</summary>
    public static string? Mistake(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var server) && server.Scheme is "smtp" or "smtps" && server.Host.Length > 0
            ? null
            : $"{Variable} is no smtp URL, expected smtp://user:password@host:587 or smtps://user:password@host";

    private static async Task SendAsync(Uri server, MimeMessage message, CancellationToken cancellationToken)
    {
        // As .NET's HTTP client does: a list of revocations that cannot be fetched must not keep people from being told.
        using var client = new SmtpClient { CheckCertificateRevocation = false };
        var implicitTls = server.Scheme == "smtps" || server.Port == ImplicitTlsPort;
        var port = server.Port > 0 ? server.Port : implicitTls ? ImplicitTlsPort : SubmissionPort;
        var login = Credentials(server.UserInfo);
        var security = implicitTls ? SecureSocketOptions.SslOnConnect
            : login is not null || port == SubmissionPort ? SecureSocketOptions.StartTls
            : SecureSocketOptions.None;
        await client.ConnectAsync(server.Host, port, security, cancellationToken);
        if (login is not null)
            await client.AuthenticateAsync(login, cancellationToken);
        await client.SendAsync(message, cancellationToken);
        await LeaveAsync(client);
    }

    /// <summary>The message is on its way: whatever happens now is no failure.</summary>
    private static async Task LeaveAsync(SmtpClient client)
    {
        try
        {
            using var limit = new CancellationTokenSource(QuitLimit);
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception error) when (error is IOException or ProtocolException or OperationCanceledException or SocketException)
        {
            // It hung up first.
        }
    }

    private static MimeMessage Message(string subject, string text, NotificationSettings settings)
    {
        var message = new MimeMessage { Subject = subject, Body = new TextPart("plain") { Text = text } };
        message.From.Add(MailboxAddress.Parse(settings.EmailFrom));
        message.To.AddRange(settings.EmailTo.Select(MailboxAddress.Parse));
        return message;
    }

    private static NetworkCredential? Credentials(string userInfo) => userInfo.Split(':', 2) is [{ Length: > 0 } user, var password]
        ? new(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
        : null;
}
