using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Supabase.Source;

/// <summary>
/// One table as it is now: the rows kept from earlier syncs and those that changed since. A read that breaks off goes on after its last
/// part, in a later attempt of the same run; every so many runs the table is read whole, because rows that are gone do not say so.
/// </summary>
internal sealed class KeptTable(RemoteTable remote, RestTables tables, KeptFiles files, SourceSettings settings, StageContext run)
{
    private KeptState? _state;

    /// <summary>So many bytes of rows and more make a part.</summary>
    public int PartBytes { get; init; } = 4 << 20;

    public string Table => remote.Query.Table;

    public IReadOnlyList<string> Columns => remote.Query.Select;

    /// <summary>What this run fetched.</summary>
    public FetchedTable Fetched => new(Table, State.Reads[^1].Rows, State.Reads[^1].ChangedSince);

    private KeptState State => _state ?? throw new InvalidOperationException("not brought up to date");

    /// <summary>Fetches what is missing.</summary>
    public async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var kept = await files.ReadStateAsync(remote.Name, cancellationToken);
        var state = kept?.Shape == remote.Shape ? kept : new KeptState(remote.Shape, [], null);
        while (!IsUpToDate(state))
        {
            var reading = state.Reading?.RunId == run.RunId ? state.Reading : await BeginAsync(state, cancellationToken);
            state = state.With(await ReadPartAsync(reading, cancellationToken));
            await files.WriteStateAsync(remote.Name, state, cancellationToken);
        }

        await files.RemoveOthersAsync(remote.Name, state, cancellationToken);
        _state = state;
    }

    /// <summary>All rows, each key's newest; valid until the next is asked for.</summary>
    public async IAsyncEnumerable<ScannedRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = State.Reads.Skip(1).ToArray();
        var last = new Dictionary<UInt128, long>();
        var number = 0L;
        await foreach (var row in ReadAsync(changes, cancellationToken))
        {
            if (KeyOf(row) is { } key)
                last[key] = number;
            number++;
        }

        await foreach (var row in ReadAsync(State.Reads.Take(1), cancellationToken))
        {
            if (last.Count == 0 || KeyOf(row) is not { } key || !last.ContainsKey(key))
                yield return row;
        }

        number = 0;
        await foreach (var row in ReadAsync(changes, cancellationToken))
        {
            if (KeyOf(row) is not { } key || last[key] == number)
                yield return row;
            number++;
        }
    }

    /// <summary>Changes of rows that their key does not tell apart cannot be laid over the others.</summary>
    private bool IsUpToDate(KeptState state) =>
        state.Reads is [.., var last] && last.RunId == run.RunId && (last.ChangedSince is null || !last.HasTwins);

    private async Task<KeptRead> BeginAsync(KeptState state, CancellationToken cancellationToken)
    {
        // Rows that change while the table is read are newer than this. One that claims to be of the future says nothing of the order.
        var watermark = remote.Changed is { } column
            ? await tables.NewestAsync(Table, column, run.StartedAt, cancellationToken) : null;
        var begun = new KeptRead { RunId = run.RunId, Watermark = watermark };
        return state.Reads is [.., { Watermark: { } before }] && watermark >= before && state.Reads.Count < settings.FullSyncEvery
            && !state.Reads.Any(read => read.HasTwins)
            ? begun with { ChangedSince = before.AddHours(-settings.WatermarkOverlapHours) }
            : begun;
    }

    private async Task<KeptRead> ReadPartAsync(KeptRead reading, CancellationToken cancellationToken)
    {
        var query = reading.ChangedSince is { } moment ? remote.ChangedSince(moment) : remote.Query;
        var read = reading;
        var part = await files.WritePartAsync(
            remote.Name, $"{run.RunId}-{(reading.ChangedSince is null ? "whole" : "changes")}-{reading.Parts.Count:00000}",
            async (stream, token) => read = await CopyAsync(query, reading, stream, token),
            cancellationToken);
        return read.Rows == reading.Rows ? read : read with { Parts = [.. read.Parts, part] };
    }

    private async Task<KeptRead> CopyAsync(RestQuery query, KeptRead reading, Stream output, CancellationToken cancellationToken)
    {
        var rows = new ArrayBufferWriter<byte>();
        var written = 0L;
        var previous = reading.Cursor.After;
        await foreach (var page in tables.ReadAsync(query, reading.Cursor, cancellationToken))
        {
            foreach (var row in page.Rows)
            {
                rows.Write(JsonMarshal.GetRawUtf8Value(row));
                rows.Write("\n"u8);
                var key = query.Key.Count == 0 ? null : RestCursor.KeyOf(query.Key, row);
                if (key is not null && previous is not null && key.SequenceEqual(previous, StringComparer.Ordinal))
                    reading = reading with { HasTwins = true };
                previous = key ?? previous;
            }

            await output.WriteAsync(rows.WrittenMemory, cancellationToken);
            written += rows.WrittenCount;
            rows.ResetWrittenCount();
            reading = reading with { Cursor = page.Next, Rows = reading.Rows + page.Rows.Count };
            run.Progress.Report(new StageProgress { Message = $"{reading.Rows:N0} {Table} fetched" });
            if (written >= PartBytes)
                return reading;
        }

        return reading with { IsDone = true };
    }

    private async IAsyncEnumerable<ScannedRow> ReadAsync(
        IEnumerable<KeptRead> reads, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var part in reads.SelectMany(read => read.Parts))
        {
            await foreach (var row in files.ReadAsync(remote.Name, part, cancellationToken))
                yield return row;
        }
    }

    /// <returns>A hash of the row's key; null where it has none.</returns>
    private UInt128? KeyOf(ScannedRow row)
    {
        if (row.IsCut)
            return null;
        using var document = JsonDocument.Parse(row.Text);
        return RestCursor.KeyOf(remote.Query.Key, document.RootElement) is { Length: > 0 } key
            ? MemoryMarshal.Read<UInt128>(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', key)))) : null;
    }
}
