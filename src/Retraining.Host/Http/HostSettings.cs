using System.Net;
using Retraining.Host.Keys;

namespace Retraining.Host.Http;

/// <summary>Where the host listens and who may come in.</summary>
public sealed record HostSettings
{
    /// <summary>Port 7071 is where Azure Functions listens locally.</summary>
    public const string DefaultUrl = "http://127.0.0.1:7071";

    public required string Url { get; init; }
    public required AccessKeys Keys { get; init; }

    /// <summary>The key that was made for this process, to be shown once; null when keys were configured.</summary>
    public string? MadeKey { get; init; }

    /// <summary>A link that signs a browser in with <see cref="MadeKey"/>; null when there is none.</summary>
    /// <param name="url">Where the host listens.</param>
    public string? SignInLink(string url) => MadeKey is null ? null : $"{url.TrimEnd('/')}/?{KeyAuthentication.Query}={MadeKey}";

    /// <summary>Path of the instance routes. Where Azure Functions is the host, it keeps Durable Functions' own path for itself.</summary>
    public string InstancePath { get; init; } = InstanceRoutes.Base;

    /// <summary>Starts scheduled runs itself; false where somebody else's timer does.</summary>
    public bool OwnTimer { get; init; } = true;

    /// <summary>Closed by default: without a configured key the host starts only for development, on loopback, with keys made for this process.</summary>
    /// <exception cref="FormatException">The address cannot be read, or keys are missing or unusable.</exception>
    public static HostSettings Create(string url, bool development, string? readKey, string? startKey)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new FormatException($"url: \"{url}\", expected one such as {DefaultUrl}");
        if (!string.IsNullOrEmpty(readKey) || !string.IsNullOrEmpty(startKey))
            return new HostSettings { Url = url, Keys = new AccessKeys(readKey, startKey) };
        if (!development)
        {
            throw new FormatException(
                $"no key is configured: set {AccessKeys.StartVariable} and {AccessKeys.ReadVariable} (at least {AccessKeys.MinLength} characters each), "
                + "or use --development on this machine only");
        }

        if (!IsLoopback(address))
        {
            throw new FormatException(
                $"url: \"{url}\" can be reached from elsewhere, expected loopback with --development and no keys, such as {DefaultUrl}");
        }

        var made = AccessKeys.Generate();
        return new HostSettings { Url = url, Keys = new AccessKeys(null, made), MadeKey = made };
    }

    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
