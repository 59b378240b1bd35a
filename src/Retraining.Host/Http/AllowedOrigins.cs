using Microsoft.AspNetCore.Cors.Infrastructure;
using Retraining.Configuration;
using Retraining.Host.Keys;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>Which other origins' pages may call the API from a browser. With a key, never with the sign-in's cookie.</summary>
internal static class AllowedOrigins
{
    /// <exception cref="SettingsException">An entry is no origin.</exception>
    public static Action<CorsPolicyBuilder> Policy(HostingSettings settings)
    {
        foreach (var origin in settings.AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
                || uri.GetLeftPart(UriPartial.Authority) != origin)
            {
                throw new SettingsException([$"hosting.allowed_origins: \"{origin}\", expected one such as \"https://dashboard.example.org\""]);
            }
        }

        return policy => policy
            .WithOrigins([.. settings.AllowedOrigins])
            .WithMethods("GET", "POST", "DELETE")
            .WithHeaders(KeyAuthentication.Header, "content-type", InstanceQuery.ContinuationToken)
            .WithExposedHeaders("Location", "Retry-After", InstanceQuery.ContinuationToken);
    }
}
