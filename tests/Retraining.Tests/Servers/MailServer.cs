using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace Retraining.Tests.Servers;

/// <summary>An SMTP server on a free loopback port, in the clear, with STARTTLS, or with TLS from the first byte.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Intake _intake = new();

    private MailServer(X509Certificate2? certificate, bool implicitTls)
    {
        Port = FreePort();
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint =>
        {
            endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port)).IsSecure(implicitTls);
            if (certificate is not null)
                endpoint.Certificate(certificate);
        });
        var services = new ServiceProvider();
        services.Add((IMessageStore)_intake);
        services.Add((IUserAuthenticator)_intake);
        var server = new SmtpServer.SmtpServer(options.Build(), services);
        _ = server.StartAsync(_stop.Token);
    }

    public int Port { get; }

    public ConcurrentQueue<MimeMessage> Messages => _intake.Messages;

    /// <summary>Users and passwords that somebody told this server.</summary>
    public ConcurrentQueue<(string User, string Password)> Logins => _intake.Logins;

    /// <param name="certificate">Null offers no TLS.</param>
    /// <param name="implicitTls">TLS from the first byte.</param>
    public static async Task<MailServer> StartAsync(X509Certificate2? certificate = null, bool implicitTls = false)
    {
        var server = new MailServer(certificate, implicitTls);
        for (var tries = 0; tries < 100; tries++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, server.Port);
                return server;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50)); // it says nowhere when it listens
            }
        }

        throw new InvalidOperationException($"no SMTP server on port {server.Port} within 5 seconds");
    }

    /// <summary>For 127.0.0.1, signed by itself.</summary>
    public static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private sealed class Intake : MessageStore, IUserAuthenticator
    {
        public ConcurrentQueue<MimeMessage> Messages { get; } = new();

        public ConcurrentQueue<(string User, string Password)> Logins { get; } = new();

        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            using var stream = new MemoryStream(buffer.ToArray());
            Messages.Enqueue(await MimeMessage.LoadAsync(stream, cancellationToken));
            return SmtpResponse.Ok;
        }

        public Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken)
        {
            Logins.Enqueue((user, password));
            return Task.FromResult(password == "hunter2 é");
        }
    }
}
