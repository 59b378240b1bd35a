using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Reads the decisions in parts, several at a time, and hands them on in order. Memory is bounded, whatever the table's size.</summary>
/// <param name="connections">One at least; each reads one part at a time.</param>
/// <param name="table">Name for messages.</param>
/// <param name="parts">COPY statements.</param>
internal sealed class DecisionBlocks(IReadOnlyList<NpgsqlConnection> connections, string table, IReadOnlyList<string> parts) : IDisposable
{
    private const int BatchesAhead = 8, PartsAhead = 2;

    private readonly Channel<CopiedDecisions>[] _read = [.. parts.Select(_ => Channel.CreateBounded<CopiedDecisions>(BatchesAhead))];
    private readonly ConcurrentBag<CopiedDecisions> _free = [];
    private readonly SemaphoreSlim _ahead = new(connections.Count * PartsAhead);
    private int _next = -1;

    /// <summary>Each batch is valid until the next is asked for.</summary>
    public async IAsyncEnumerable<DecisionBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = connections.Select(connection => Task.Run(() => WorkAsync(connection, stop.Token), stop.Token)).ToArray();
        try
        {
            var row = 1L;
            foreach (var part in _read)
            {
                await foreach (var rows in part.Reader.ReadAllAsync(cancellationToken))
                {
                    var batch = rows.ToBatch(table, row);
                    row += batch.Count;
                    yield return batch;
                    _free.Add(rows);
                }

                _ahead.Release();
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _ahead.Dispose();

    private async Task WorkAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _ahead.WaitAsync(cancellationToken);
            var part = Interlocked.Increment(ref _next);
            if (part >= parts.Count)
                return;
            var output = _read[part].Writer;
            try
            {
                await ReadAsync(connection, parts[part], output, cancellationToken);
                output.Complete();
            }
            catch (Exception error)
            {
                output.Complete(error);
                return;
            }
        }
    }

    private async Task ReadAsync(
        NpgsqlConnection connection, string statement, ChannelWriter<CopiedDecisions> output, CancellationToken cancellationToken)
    {
        var batch = Fresh();
        await CopyRows.ReadAsync(connection, statement, Take, cancellationToken);
        if (!batch.IsEmpty)
            await output.WriteAsync(batch, cancellationToken);

        void Take(CopyRow row)
        {
            batch.Add(row);
            if (!batch.IsFull)
                return;
            output.WriteAsync(batch, cancellationToken).AsTask().GetAwaiter().GetResult();
            batch = Fresh();
        }
    }

    private CopiedDecisions Fresh()
    {
        if (!_free.TryTake(out var batch))
            return new CopiedDecisions();
        batch.Clear();
        return batch;
    }
}
