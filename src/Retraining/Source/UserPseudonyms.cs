using System.Security.Cryptography;
using System.Text;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>User ids as HMAC-SHA-256 in lower-case hex: the same user under the same key, nobody without it.</summary>
internal sealed class UserPseudonyms
{
    private const int MinKeyBytes = 16;

    private readonly byte[] _key;
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <param name="key">The secret as text; its UTF-8 bytes are the key.</param>
    /// <exception cref="PermanentStageException">There is no key, or it is shorter than 16 bytes.</exception>
    public UserPseudonyms(string? key)
    {
        _key = Encoding.UTF8.GetBytes(key ?? "");
        if (_key.Length < MinKeyBytes)
            throw new PermanentStageException(
                $"source.pseudonymise_users is on and the key in the environment has {_key.Length} bytes, expected {MinKeyBytes} or more");
    }

    public string Of(string userId)
    {
        if (!_known.TryGetValue(userId, out var pseudonym))
            _known[userId] = pseudonym = Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(userId)));
        return pseudonym;
    }
}
