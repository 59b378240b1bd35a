using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Retraining.Host.Keys;

/// <summary>Keeps a browser signed in: access and expiry, signed with a secret that changes with the key. The key itself is not in it.</summary>
public sealed class AccessCookie(AccessKeys keys, TimeProvider time)
{
    public const string Name = "retrain_access";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public void Give(HttpResponse response, Access access)
    {
        var expires = time.GetUtcNow() + Lifetime;
        response.Cookies.Append(Name, Sign(access, expires), Options(response, expires));
    }

    public static void Take(HttpResponse response) => response.Cookies.Delete(Name, Options(response, null));

    public Access? Read(HttpRequest request)
    {
        var parts = request.Cookies[Name]?.Split('.');
        if (parts is not [var name, var seconds, _]
            || !Enum.TryParse<Access>(name, out var access)
            || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var unix)
            || unix is > 253_402_300_799
            || keys.SigningSecret(access) is null)
        {
            return null;
        }

        var expires = DateTimeOffset.FromUnixTimeSeconds(unix);
        var genuine = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Sign(access, expires)), Encoding.UTF8.GetBytes(request.Cookies[Name]!));
        return genuine && expires > time.GetUtcNow() ? access : null;
    }

    private string Sign(Access access, DateTimeOffset expires)
    {
        var content = string.Create(CultureInfo.InvariantCulture, $"{access}.{expires.ToUnixTimeSeconds()}");
        var signature = HMACSHA256.HashData(keys.SigningSecret(access)!, Encoding.UTF8.GetBytes(content));
        return $"{content}.{Base64Url.EncodeToString(signature)}";
    }

    private static CookieOptions Options(HttpResponse response, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = response.HttpContext.Request.IsHttps,
        Path = "/",
        Expires = expires,
    };
}
