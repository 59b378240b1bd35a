using System.Security.Cryptography;
using System.Text;

namespace Retraining.Source;

/// <summary>UUIDs from names, version 5 in the URL namespace: the same name gives the same id, everywhere.</summary>
/// <remarks>RFC 9562, section 5.5.</remarks>
internal static class NamedUuid
{
    private static readonly Guid UrlNamespace = new("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    public static string Of(string name)
    {
        var input = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        UrlNamespace.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input.AsSpan(16));
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // The standard names SHA-1; nothing secret hangs on it.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true).ToString("D");
    }
}
