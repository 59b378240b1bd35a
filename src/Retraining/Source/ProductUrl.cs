namespace Retraining.Source;

/// <summary>
/// A product page in one spelling: without scheme, port, fragment, trailing slash and tracking parameters, the host in lower case, the rest
/// of the query sorted.
/// </summary>
/// <param name="Page">Host and path.</param>
/// <param name="Query">What remains of the query, sorted; empty where nothing does.</param>
internal readonly record struct ProductUrl(string Page, string Query)
{
    public const string Expected = "the http or https URL of a product page";

    private const int MaxLength = 2048;

    /// <summary>Parameters that say where a visitor came from, not what is shown.</summary>
    private static readonly string[] Tracking = ["utm_", "i3_", "ref", "gclid", "fbclid", "yclid", "msclkid", "affi"];

    /// <summary>Page and query: the same for all spellings of one URL.</summary>
    public string Key => Query.Length == 0 ? Page : $"{Page}?{Query}";

    public static bool TryParse(string text, out ProductUrl url)
    {
        url = default;
        text = text.Trim();
        if (text.Length is 0 or > MaxLength)
            return false;
        if (text.StartsWith("//", StringComparison.Ordinal))
            text = "https:" + text;
        else if (!text.Contains("://", StringComparison.Ordinal))
            text = "https://" + text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.HostNameType != UriHostNameType.Dns || !uri.Host.Contains('.', StringComparison.Ordinal))
            return false;
        url = new(uri.IdnHost.ToLowerInvariant() + uri.AbsolutePath.TrimEnd('/'), Filter(uri.Query));
        return true;
    }

    private static string Filter(string query)
    {
        if (query.Length <= 1)
            return "";
        var kept = query[1..].Split('&', StringSplitOptions.RemoveEmptyEntries).Where(parameter => !IsTracking(parameter));
        return string.Join('&', kept.Order(StringComparer.Ordinal));
    }

    private static bool IsTracking(string parameter)
    {
        var name = parameter.Split('=')[0];
        foreach (var tracking in Tracking)
        {
            if (name.StartsWith(tracking, StringComparison.OrdinalIgnoreCase)
                && (tracking[^1] == '_' || name.Length == tracking.Length || name[tracking.Length] == '_'))
                return true;
        }

        return false;
    }
}
