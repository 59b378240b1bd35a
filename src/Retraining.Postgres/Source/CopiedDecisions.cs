using System.Text;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Gathers rows of a COPY of (user_id uuid, video_id uuid, decision_type text, created_at timestamptz), a batch of them.</summary>
internal sealed class CopiedDecisions
{
    private const int BatchRows = 1 << 14, MaxKnown = 16;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<(byte[] Text, int Type)> _known = [];
    private readonly List<string> _types = [];
    private readonly UuidDecision[] _rows = new UuidDecision[BatchRows];
    private readonly Dictionary<int, RowFault> _faults = [];
    private int _count;

    public bool IsFull => _count == BatchRows;

    public bool IsEmpty => _count == 0;

    public void Add(CopyRow row)
    {
        var hasUser = row.Take(out var user);
        var hasVideo = row.Take(out var video);
        var type = row.Take(out var text) ? TypeOf(text) : -1;
        var time = row.Milliseconds();
        var missing = !hasUser ? "user_id" : !hasVideo ? "video_id" : type < 0 ? "decision_type" : time is null ? "created_at" : null;
        if (missing is not null)
        {
            _faults.Add(_count, PostgresRows.Missing(missing));
            _rows[_count++] = default(UuidDecision) with { Type = -1 };
            return;
        }

        _rows[_count++] = new(new Guid(user, bigEndian: true), new Guid(video, bigEndian: true), time!.Value, type);
    }

    /// <param name="table">Name for messages.</param>
    /// <param name="firstRow">Position of the first row in it.</param>
    public DecisionBatch ToBatch(string table, long firstRow) =>
        new() { Origin = table, FirstRow = firstRow, Rows = _rows.AsMemory(0, _count), Types = _types, Faults = _faults };

    public void Clear()
    {
        _count = 0;
        _types.Clear();
        _faults.Clear();
        _numbers.Clear();
        _known.Clear();
    }

    /// <summary>A service has a handful of types: those are compared as bytes.</summary>
    /// <returns>-1 for blank text.</returns>
    private int TypeOf(ReadOnlySpan<byte> text)
    {
        foreach (var (known, number) in _known)
        {
            if (text.SequenceEqual(known))
                return number;
        }

        var name = Encoding.UTF8.GetString(text).Trim();
        if (name.Length == 0)
            return -1;
        if (!_numbers.TryGetValue(name, out var type))
        {
            _numbers.Add(name, type = _types.Count);
            _types.Add(name);
        }

        if (_known.Count < MaxKnown)
            _known.Add((text.ToArray(), type));
        return type;
    }
}
