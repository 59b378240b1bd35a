using System.Text;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Gathers rows of a COPY of (user_id uuid, video_id uuid, decision_type text, created_at timestamptz), a batch of them.</summary>
internal sealed class CopiedDecisions
{
    private const int BatchRows = 1 << 12, MaxKnown = 16;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<(byte[] Text, int Type)> _known = [];
    private readonly List<string> _types = [];
    private readonly Guid[] _users = new Guid[BatchRows];
    private readonly Guid[] _videos = new Guid[BatchRows];
    private readonly long[] _timesMs = new long[BatchRows];
    private readonly int[] _typeNumbers = new int[BatchRows];
    private readonly Dictionary<int, RowFault> _faults = [];
    private int _count;

    /// <summary>Takes rows until the batch is full or there are no more at hand.</summary>
    /// <returns>False where there was none.</returns>
    public bool TryGather(CopyParts rows)
    {
        while (_count < BatchRows && rows.TryNext(out var row))
            Add(row);
        return _count > 0;
    }

    private void Add(CopyRow row)
    {
        var hasUser = row.Take(out var user);
        var hasVideo = row.Take(out var video);
        var type = row.Take(out var text) ? TypeOf(text) : -1;
        var time = row.Milliseconds();
        var missing = !hasUser ? "user_id" : !hasVideo ? "video_id" : type < 0 ? "decision_type" : time is null ? "created_at" : null;
        if (missing is not null)
        {
            _faults.Add(_count, PostgresRows.Missing(missing));
            _typeNumbers[_count++] = -1;
            return;
        }

        (_users[_count], _videos[_count]) = (new Guid(user, bigEndian: true), new Guid(video, bigEndian: true));
        (_timesMs[_count], _typeNumbers[_count]) = (time!.Value, type);
        _count++;
    }

    /// <param name="table">Name for messages.</param>
    /// <param name="firstRow">Position of the first row in it.</param>
    public DecisionBatch ToBatch(string table, long firstRow) => new()
    {
        Origin = table,
        FirstRow = firstRow,
        Users = _users.AsMemory(0, _count),
        Videos = _videos.AsMemory(0, _count),
        TimesMs = _timesMs.AsMemory(0, _count),
        TypeNumbers = _typeNumbers.AsMemory(0, _count),
        Types = _types,
        Faults = _faults,
    };

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
