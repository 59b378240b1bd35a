using System.Security.Cryptography;
using System.Text;

namespace Retraining.Host.Keys;

/// <summary>The keys that open the host. Only their hashes are held, and comparing takes the same time whatever is presented.</summary>
public sealed class AccessKeys
{
    public const string ReadVariable = "RETRAIN_READ_KEY";
    public const string StartVariable = "RETRAIN_START_KEY";
    public const int MinLength = 16;

    private readonly byte[]? _read;
    private readonly byte[]? _start;

    /// <param name="read">Null or empty: nobody can only read.</param>
    /// <param name="start">Null or empty: nobody can start.</param>
    /// <exception cref="FormatException">A key is too short, both are the same, or there is none.</exception>
    public AccessKeys(string? read, string? start)
    {
        _read = Hash(read, ReadVariable);
        _start = Hash(start, StartVariable);
        if (_read is null && _start is null)
            throw new FormatException($"no key is configured, expected {StartVariable}, {ReadVariable} or both with at least {MinLength} characters");
        if (_read is not null && _start is not null && _read.AsSpan().SequenceEqual(_start))
            throw new FormatException($"{ReadVariable} and {StartVariable} are the same, expected two different keys");
    }

    /// <summary>A new random key, 256 bits.</summary>
    public static string Generate() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>What <paramref name="presented"/> allows; null when it is no key of this host.</summary>
    public Access? Match(string presented)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        var starts = CryptographicOperations.FixedTimeEquals(hash, _start ?? []);
        var reads = CryptographicOperations.FixedTimeEquals(hash, _read ?? []);
        return starts ? Access.Start : reads ? Access.Read : null;
    }

    /// <summary>A secret that signs what a holder of this access is given; it changes with the key. Null when there is no such key.</summary>
    internal byte[]? SigningSecret(Access access)
    {
        var key = access == Access.Start ? _start : _read;
        return key is null ? null : HMACSHA256.HashData(key, "retrain sign-in"u8);
    }

    private static byte[]? Hash(string? key, string variable)
    {
        if (string.IsNullOrEmpty(key))
            return null;
        if (key.Length < MinLength)
            throw new FormatException($"{variable} has {key.Length} characters, expected at least {MinLength}");
        return SHA256.HashData(Encoding.UTF8.GetBytes(key));
    }
}
