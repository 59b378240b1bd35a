using System.Net;
using System.Net.Mail;

namespace Retraining.Operations;

/// <summary>E-mail over SMTP. The server comes from the environment: <c>smtp://user:password@host:587</c>, with <c>smtps</c> for STARTTLS.</summary>
public sealed class EmailChannel(ReadSecret secrets) : INotificationChannel
{
    /// <summary>Holds the server's address, with its password.</summary>
    public const string Variable = "RETRAIN_SMTP_URL";

    private const int DefaultPort = 587;

    public string Name => "email";

    public bool IsConfigured(NotificationSettings settings) => secrets(Variable) is not null && settings.EmailTo.Count > 0;

    public async Task<string?> SendAsync(string subject, string text, NotificationSettings settings, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(secrets(Variable), UriKind.Absolute, out var server) || server.Scheme is not ("smtp" or "smtps"))
            return $"{Variable} is no smtp or smtps URL";
        try
        {
            using var message = new MailMessage { From = new MailAddress(settings.EmailFrom), Subject = subject, Body = text };
            foreach (var to in settings.EmailTo)
                message.To.Add(new MailAddress(to));
            using var client = new SmtpClient(server.Host, server.Port > 0 ? server.Port : DefaultPort)
            {
                EnableSsl = server.Scheme == "smtps",
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

    private static NetworkCredential? Credentials(string userInfo) =>
        userInfo.Split(':', 2) is [{ Length: > 0 } user, var password] ? new(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password)) : null;
}
