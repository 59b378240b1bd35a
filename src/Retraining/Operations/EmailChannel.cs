using System.Net;
using System.Net.Mail;

namespace Retraining.Operations;

/// <summary>
/// E-mail over SMTP. The server comes from the environment: <c>smtp://user:password@host:587</c>. STARTTLS is required there; only a relay
/// that takes no password, on another port than 587, is spoken to in the clear.
/// </summary>
public sealed class EmailChannel(ReadSecret secrets) : INotificationChannel
{
    /// <summary>Holds the server's address, with its password.</summary>
    public const string Variable = "RETRAIN_SMTP_URL";

    private const int SubmissionPort = 587;
    private const int ImplicitTlsPort = 465;

    public string Name => "email";

    public bool IsConfigured(NotificationSettings settings) => secrets(Variable) is not null && settings.EmailTo.Count > 0;

    public async Task<string?> SendAsync(string subject, string text, NotificationSettings settings, CancellationToken cancellationToken)
    {
        var url = secrets(Variable)!;
        if (Mistake(url) is { } mistake)
            return mistake;
        var server = new Uri(url);
        var port = server.Port > 0 ? server.Port : SubmissionPort;
        try
        {
            using var message = new MailMessage { From = new MailAddress(settings.EmailFrom), Subject = subject, Body = text };
            foreach (var to in settings.EmailTo)
                message.To.Add(new MailAddress(to));
            using var client = new SmtpClient(server.Host, port)
            {
                EnableSsl = server.UserInfo.Length > 0 || port == SubmissionPort,
                Credentials = Credentials(server.UserInfo),
            };
            await client.SendMailAsync(message, cancellationToken);
            return null;
        }
        catch (SmtpException error)
        {
            return $"{error.StatusCode}: {error.InnerException?.Message ?? error.Message}";
        }
        catch (FormatException error)
        {
            return $"an address cannot be read: {error.Message}";
        }
    }

    /// <summary>What is wrong with a server's address, without the address, which holds a password; null for nothing.</summary>
    public static string? Mistake(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var server) || server.Scheme is not ("smtp" or "smtps"))
            return $"{Variable} is no smtp URL, expected smtp://user:password@host:587";
        return server.Scheme == "smtps" || server.Port == ImplicitTlsPort
            ? $"{Variable} asks for TLS from the first byte (smtps or port 465), which is not supported: "
                + "use the server's STARTTLS port, smtp://user:password@host:587"
            : null;
    }

    private static NetworkCredential? Credentials(string userInfo) =>
        userInfo.Split(':', 2) is [{ Length: > 0 } user, var password] ? new(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password)) : null;
}
