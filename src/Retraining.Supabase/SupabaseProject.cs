using Retraining.Execution;

namespace Retraining.Supabase;

/// <summary>A project's address and key: <c>SUPABASE_URL</c> and <c>SUPABASE_SERVICE_ROLE_KEY</c>.</summary>
public sealed class SupabaseProject
{
    public const string UrlVariable = "SUPABASE_URL";
    public const string KeyVariable = "SUPABASE_SERVICE_ROLE_KEY";

    private readonly string _key;

    /// <param name="url">Such as <c>https://abc.supabase.co</c>; http only for this machine and for names without a dot.</param>
    /// <param name="key">The service role key.</param>
    /// <exception cref="PermanentStageException">One is missing or cannot be used. The message holds no secret.</exception>
    public SupabaseProject(string? url, string? key)
    {
        if (string.IsNullOrWhiteSpace(url))
            throw new PermanentStageException($"{UrlVariable} is not set, expected the project's address such as https://abc.supabase.co");
        if (!Uri.TryCreate(url.Trim().TrimEnd('/') + "/", UriKind.Absolute, out var address) || !IsSafe(address))
            throw new PermanentStageException($"{UrlVariable} cannot be used, expected an https address without user and password such as https://abc.supabase.co");
        _key = key?.Trim() ?? "";
        if (_key.Length == 0)
            throw new PermanentStageException($"{KeyVariable} is not set, expected the project's service role key");
        if (_key.Any(c => c is <= ' ' or > '~'))
            throw new PermanentStageException($"{KeyVariable} cannot be used: it has spaces or characters that no key has");
        Address = new Uri(address.GetLeftPart(UriPartial.Path));
    }

    public Uri Address { get; }

    /// <summary>For people.</summary>
    public string Location => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>Takes the key out of what a server says.</summary>
    public string Redact(string text) => text.Replace(_key, "***", StringComparison.Ordinal);

    /// <param name="method">Of the request.</param>
    /// <param name="path">Under the project's address, with its query.</param>
    internal HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, path));
        request.Headers.TryAddWithoutValidation("apikey", _key);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_key}");
        return request;
    }

    // A service role key may do everything: it must not cross a network in the clear.
    private static bool IsSafe(Uri address) => address.UserInfo.Length == 0 && address.Host.Length > 0
        && (address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp && (address.IsLoopback || !address.Host.Contains('.', StringComparison.Ordinal))));
}
