using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Retraining.Tests.Documentation;

namespace Retraining.Tests.Azure;

/// <summary>An Azurite of its own that takes bearer tokens, and so speaks TLS only, with a certificate that only those know who are told.</summary>
internal sealed partial class SecureAzurite : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Process _server;

    private SecureAzurite(DirectoryInfo folder, Process server, string address) => (_folder, _server, Address) = (folder, server, address);

    /// <summary>Of the account <c>retrain</c>.</summary>
    public string Address { get; }

    /// <summary>Lets a process trust the certificate, and no other.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables =>
        [new("SSL_CERT_FILE", CertificateIn(_folder)), new("SSL_CERT_DIR", Path.Combine(_folder.FullName, "none"))];

    /// <param name="key">Of the account; nobody uses it here.</param>
    public static async Task<SecureAzurite> StartAsync(string key)
    {
        var folder = Directory.CreateTempSubdirectory("retrain-azurite-");
        var program = await OutputAsync("bash", "eng/azurite", "program");
        WriteCertificate(folder);
        var start = new ProcessStartInfo("node",
        [
            program, "--blobHost", "127.0.0.1", "--blobPort", "0", "--location", folder.FullName, "--oauth", "basic",
            "--cert", CertificateIn(folder), "--key", KeyIn(folder), "--disableTelemetry", "--skipApiVersionCheck",
        ])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["AZURITE_ACCOUNTS"] = $"retrain:{key}";
        var server = Process.Start(start)!;
        while (await server.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match)
                continue;
            _ = server.StandardOutput.ReadToEndAsync(); // or it would wait for a reader
            return new SecureAzurite(folder, server, $"{match.Value}/retrain");
        }

        throw new InvalidOperationException("azurite ended before it listened");
    }

    public async ValueTask DisposeAsync()
    {
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"https://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();

    private static void WriteCertificate(DirectoryInfo folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=azurite for tests", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(CertificateIn(folder), certificate.ExportCertificatePem());
        File.WriteAllText(KeyIn(folder), key.ExportPkcs8PrivateKeyPem());
    }

    private static string CertificateIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "certificate.pem");

    private static string KeyIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "key.pem");

    private static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = RepositoryFolder.Path, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
