namespace Retraining.Operations;

/// <summary>How the host is reached from outside.</summary>
public sealed record HostingSettings
{
    /// <summary>
    /// Address under which people and clients reach the host, such as <c>https://retrain.example.org</c>: the base of the addresses that it hands
    /// out and of the links in notifications. Empty takes what each request names.
    /// </summary>
    public string? PublicUrl { get; init; }

    /// <summary>
    /// Reverse proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed: addresses or networks such as <c>10.0.0.0/8</c>.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>
    /// Origins whose pages may call the API with a key from a browser (CORS), such as <c>https://dashboard.example.org</c>; none by default.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];
}
