using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Retraining.Host.Keys;

internal static class KeyServices
{
    /// <summary>Closes every route that does not say otherwise: what names no policy needs a key that reads.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services, AccessKeys keys)
    {
        services.AddSingleton(keys).AddSingleton<AccessCookie>();
        services.AddAuthentication(KeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, configureOptions: null);
        services.AddAuthorizationBuilder()
            .AddPolicy(nameof(Access.Read), policy => Require(policy, Access.Read))
            .AddPolicy(nameof(Access.Start), policy => Require(policy, Access.Start))
            .SetFallbackPolicy(Require(new AuthorizationPolicyBuilder(), Access.Read).Build());
        return services;
    }

    private static AuthorizationPolicyBuilder Require(AuthorizationPolicyBuilder policy, Access access) =>
        policy.AddAuthenticationSchemes(KeyAuthentication.SchemeName).RequireClaim(KeyAuthentication.SchemeName, access.ToString());
}
