namespace Retraining.Features;

/// <summary>Tokens with a column each: <c>vocab_*.json</c>.</summary>
public sealed class Vocabulary
{
    private readonly Dictionary<string, int> _index;

    /// <param name="tokens">Distinct.</param>
    /// <exception cref="ArgumentException">A token occurs twice.</exception>
    public Vocabulary(IReadOnlyList<string> tokens)
    {
        Tokens = tokens;
        _index = new(tokens.Count, StringComparer.Ordinal);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!_index.TryAdd(tokens[i], i))
                throw new ArgumentException($"token {i} is '{tokens[i]}' as token {_index[tokens[i]]} is, expected each token once");
        }
    }

    public IReadOnlyList<string> Tokens { get; }

    public int Count => Tokens.Count;

    /// <summary>Position of a token, or -1.</summary>
    public int IndexOf(string? token) => token is not null && _index.TryGetValue(token, out var index) ? index : -1;

    /// <summary>Tokens by falling count, then ordinal name; rare ones are left out, then the least frequent beyond the cap.</summary>
    public static Vocabulary Fit(IEnumerable<KeyValuePair<string, int>> counts, int minCount, int maxSize) => new(
        [.. counts.Where(entry => entry.Value >= minCount)
            .OrderByDescending(entry => entry.Value)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .Take(maxSize)
            .Select(entry => entry.Key)]);
}
