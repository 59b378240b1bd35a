namespace Retraining.Host.Http;

/// <summary>What can be a run's id in an address; anything else is unknown before an engine is asked.</summary>
internal static class RunIds
{
    private const int MaxLength = 100;

    public static bool IsValid(string id) =>
        id.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
