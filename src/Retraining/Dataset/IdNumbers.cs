using Retraining.Source;

namespace Retraining.Dataset;

/// <summary>Numbers by id: UUIDs in a table for millions of lookups, other ids as texts.</summary>
internal sealed class IdNumbers
{
    private const int UuidLength = 36;

    private readonly UuidNumbers _uuids = new();
    private readonly Dictionary<string, int> _texts = new(StringComparer.Ordinal);

    /// <returns>-1 for an id that is not there.</returns>
    public int Find(string id) => IsUuid(id, out var uuid) ? _uuids.Find(uuid) : _texts.GetValueOrDefault(id, -1);

    /// <inheritdoc cref="UuidNumbers.Find(ReadOnlySpan{Guid}, Span{int})"/>
    public void Find(ReadOnlySpan<Guid> ids, Span<int> numbers) => _uuids.Find(ids, numbers);

    /// <returns>False for an id that is there.</returns>
    public bool TryAdd(string id, int number)
    {
        if (!IsUuid(id, out var uuid))
            return _texts.TryAdd(id, number);
        if (_uuids.Find(uuid) >= 0)
            return false;
        _uuids.Add(uuid, number);
        return true;
    }

    /// <summary>Only in the spelling that a UUID is written back in: two texts are two ids.</summary>
    private static bool IsUuid(string id, out Guid uuid)
    {
        uuid = default;
        Span<char> spelled = stackalloc char[UuidLength];
        return id.Length == UuidLength && Guid.TryParseExact(id, "D", out uuid) && uuid.TryFormat(spelled, out _, "D") && id.AsSpan().SequenceEqual(spelled);
    }
}
