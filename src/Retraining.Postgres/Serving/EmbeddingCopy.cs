using System.Threading.Channels;
using Npgsql;
using Retraining.Execution;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>Streams the rows of a load into its table by binary COPY, over one connection or several.</summary>
/// <param name="table">As <c>two_tower.begin_load</c> returned it, quoted.</param>
internal sealed class EmbeddingCopy(string table, string columnType, EmbeddingLoad load)
{
    private const int RowsPerReport = 20_000;
    private const int RowsPerRange = 2_000;
    private const int LongestWaitMs = 2 * 3600 * 1000; // one COPY is one wait, as long as the whole load

    private readonly string _idColumn = load.Kind == EmbeddingKind.Videos ? "video_id" : "user_id";
    private int _written;

    /// <summary>Over the connection given, in its transaction.</summary>
    /// <returns>Rows written.</returns>
    /// <exception cref="PermanentStageException">A row has a wrong width, an id that is none or a component that is not finite.</exception>
    public Task<int> WriteAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        WriteAsync(connection, NumberAsync(load.ReadRows(cancellationToken)), cancellationToken);

    /// <summary>
    /// Ranges of rows side by side over connections of their own, each in its own transaction. What a failure leaves in the table
    /// nobody reads: it is not recorded as loaded, and the next attempt makes it anew.
    /// </summary>
    /// <returns>Rows written.</returns>
    /// <exception cref="PermanentStageException">A row has a wrong width, an id that is none or a component that is not finite.</exception>
    public async Task<int> WriteAsync(NpgsqlDataSource database, int connections, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ranges = Channel.CreateBounded<Range>(connections * 2);
        var writers = Enumerable.Range(0, connections).Select(_ => StopOnFailureAsync(WriteRangesAsync(database, ranges.Reader, stop.Token), stop)).ToArray();
        try
        {
            await ReadRangesAsync(ranges.Writer, stop.Token);
            ranges.Writer.Complete();
        }
        catch (Exception error)
        {
            ranges.Writer.TryComplete(error);
            await stop.CancelAsync();
        }

        // The failure that stopped the others comes first, not their cancellation.
        await Task.WhenAll(writers).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
        if (writers.FirstOrDefault(writer => writer.IsFaulted) is { } failed)
            await failed;
        return (await Task.WhenAll(writers)).Sum();
    }

    private async Task<int> WriteRangesAsync(NpgsqlDataSource database, ChannelReader<Range> ranges, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand("set local statement_timeout = 0", connection))
            await command.ExecuteNonQueryAsync(cancellationToken);
        var rows = await WriteAsync(connection, RowsOf(ranges, cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    private async Task<int> WriteAsync(NpgsqlConnection connection, IAsyncEnumerable<Numbered> rows, CancellationToken cancellationToken)
    {
        await using var stream = await connection.BeginRawBinaryCopyAsync(
            $"copy {table} ({_idColumn}, embedding) from stdin (format binary)", cancellationToken);
        stream.ReadTimeout = stream.WriteTimeout = LongestWaitMs;
        try
        {
            return await WriteAsync(new CopyBuffer(stream), rows, cancellationToken);
        }
        catch
        {
            await EndAsync(stream);
            throw;
        }
    }

    // Closing it would keep what has been sent. A write that was cancelled halfway may have ended the COPY itself.
    private static async Task EndAsync(NpgsqlRawCopyStream stream)
    {
        try
        {
            await stream.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private async Task<int> WriteAsync(CopyBuffer copy, IAsyncEnumerable<Numbered> rows, CancellationToken cancellationToken)
    {
        var (value, count) = (new byte[VectorColumn.BytesOf(columnType, load.Dim)], 0);
        await foreach (var (number, row) in rows.WithCancellation(cancellationToken))
        {
            var where = new RowName(load, _idColumn, number, row.Id);
            if (row.Embedding.Length != load.Dim)
                throw new PermanentStageException($"{where}: {row.Embedding.Length} components, expected {load.Dim}");
            VectorColumn.Write(row.Embedding.Span, columnType, value, where);

            copy.StartRow(fields: 2);
            if (load.Kind == EmbeddingKind.Users)
                copy.Write(row.Id);
            else if (Guid.TryParse(row.Id, out var uuid))
                copy.Write(uuid);
            else
                throw new PermanentStageException($"{where}: not a UUID, expected one because public.video_embeddings has uuid keys");
            copy.Write(value);
            if (copy.IsFull)
                await copy.FlushAsync(cancellationToken);

            count++;
            if (Interlocked.Increment(ref _written) is var written && written % RowsPerReport == 0)
                load.Progress.Report(new() { Message = $"{written} of {load.Rows} rows", Fraction = (double)written / load.Rows });
        }

        copy.End();
        await copy.FlushAsync(cancellationToken);
        return count;
    }

    private async Task ReadRangesAsync(ChannelWriter<Range> ranges, CancellationToken cancellationToken)
    {
        var (range, number) = (new List<EmbeddingRow>(RowsPerRange), 0);
        await foreach (var row in load.ReadRows(cancellationToken).WithCancellation(cancellationToken))
        {
            range.Add(new EmbeddingRow(row.Id, row.Embedding.ToArray())); // the reader's memory holds until its next row
            number++;
            if (range.Count < RowsPerRange)
                continue;
            await ranges.WriteAsync(new Range(number - range.Count, range), cancellationToken);
            range = new List<EmbeddingRow>(RowsPerRange);
        }

        await ranges.WriteAsync(new Range(number - range.Count, range), cancellationToken);
    }

    private static async IAsyncEnumerable<Numbered> NumberAsync(IAsyncEnumerable<EmbeddingRow> rows)
    {
        var number = 0;
        await foreach (var row in rows)
            yield return new Numbered(number++, row);
    }

    private static async IAsyncEnumerable<Numbered> RowsOf(
        ChannelReader<Range> ranges, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (start, rows) in ranges.ReadAllAsync(cancellationToken))
        {
            for (var i = 0; i < rows.Count; i++)
                yield return new Numbered(start + i, rows[i]);
        }
    }

    private static async Task<int> StopOnFailureAsync(Task<int> writer, CancellationTokenSource stop)
    {
        try
        {
            return await writer;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private sealed record Range(int Start, List<EmbeddingRow> Rows);

    private readonly record struct Numbered(int Number, EmbeddingRow Row);

    /// <summary>Names a row in an error; formatted only then.</summary>
    private readonly record struct RowName(EmbeddingLoad Load, string IdColumn, int Number, string Id)
    {
        public override string ToString() => $"{Load.Kind} of version {Load.Version}, row {Number}, {IdColumn} {Id}";
    }
}
