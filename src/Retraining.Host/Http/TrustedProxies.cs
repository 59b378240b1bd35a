using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Retraining.Configuration;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>Which proxies' words about the client are believed. Nobody's, unless the settings name them.</summary>
internal static class TrustedProxies
{
    /// <exception cref="SettingsException">An entry is neither an address nor a network, or the public URL is none.</exception>
    public static ForwardedHeadersOptions Options(HostingSettings settings)
    {
        if (settings.PublicUrl is { } url && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            throw new SettingsException([$"hosting.public_url: \"{url}\", expected one such as \"https://retrain.example.org\""]);

        var options = new ForwardedHeadersOptions { ForwardedHeaders = settings.TrustedProxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.All };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in settings.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out var one))
                options.KnownProxies.Add(one);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
                options.KnownIPNetworks.Add(network);
            else
                throw new SettingsException([$"hosting.trusted_proxies: \"{proxy}\", expected an address or a network such as \"10.0.0.0/8\""]);
        }

        return options;
    }
}
