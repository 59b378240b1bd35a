using System.Security.Cryptography;
using System.Text;
using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>User ids as HMAC-SHA-256 in lower-case hex: the same user under the same key, nobody without it. May be asked by many at once.</summary>
public sealed class UserPseudonyms
{
    private const int MinKeyBytes = 16, Digits = 64;

    private readonly byte[] _key;

    /// <param name="key">The secret as text; its UTF-8 bytes are the key.</param>
    /// <param name="why">What needs it, for the message.</param>
    /// <exception cref="PermanentStageException">There is no key, or it is shorter than 16 bytes.</exception>
    public UserPseudonyms(string? key, string why)
    {
        _key = Encoding.UTF8.GetBytes(key ?? "");
        if (_key.Length < MinKeyBytes)
            throw new PermanentStageException($"{why}, and the key in the environment has {_key.Length} bytes, expected {MinKeyBytes} or more");
    }

    /// <summary>Whether an id has the form of a pseudonym.</summary>
    public static bool IsOne(string id) => id.Length == Digits && id.All(char.IsAsciiHexDigitLower);

    /// <param name="userId">As <see cref="RowIds.Normalise"/> spells it.</param>
    public string Of(string userId) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(userId)));

    /// <summary>A store whose files nobody reads without the key: what a source keeps still holds the ids themselves.</summary>
    public IArtifactStore Seal(IArtifactStore store) => new SealedStore(store, _key);
}
