using System.Text.RegularExpressions;

namespace Retraining.Operations;

/// <summary>Takes secrets out of text that is recorded, logged or shown: known values, and what looks like one.</summary>
public sealed partial class SecretText
{
    private const string Mask = "***";
    private const int ShortestSecret = 4;
    private readonly string[] _secrets;

    /// <param name="secrets">Values from the environment. Shorter than 4 characters are not searched for: they would hit ordinary text.</param>
    public SecretText(IEnumerable<string> secrets) =>
        _secrets = [.. secrets.Where(secret => secret.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).OrderByDescending(secret => secret.Length)];

    public string Redact(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        text = UrlPassword().Replace(text, $"$1{Mask}@");
        text = NamedSecret().Replace(text, $"$1{Mask}");
        return Bearer().Replace(text, $"$1{Mask}");
    }

    [GeneratedRegex(@"([a-z][a-z0-9+.-]*://[^:/?#\s@]*:)[^\s]+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UrlPassword();

    [GeneratedRegex(
        """((?:password|pwd|accountkey|sharedaccesskey|sharedaccesssignature|apikey|api_key|secret|sig|code|token)\s*=\s*)(?:"[^"]*"|'[^']*'|[^;&\s"']+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedSecret();

    [GeneratedRegex(@"(bearer\s+)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Bearer();
}
