using Npgsql;

namespace Retraining.Postgres.Source;

/// <summary>
/// The rows of several binary COPYs, one COPY after another. Whoever asks takes them on its own thread; the servers behind the other connections
/// work ahead meanwhile, as far as the buffers of their sockets reach. So memory is bounded, and no row is handed from thread to thread.
/// </summary>
/// <param name="connections">One at least, idle; each takes every so-manieth statement.</param>
/// <param name="statements"><c>copy … to stdout (format binary)</c>.</param>
/// <param name="cancellationToken">Ends the COPYs.</param>
internal sealed class CopyParts(
    IReadOnlyList<NpgsqlConnection> connections, IReadOnlyList<string> statements, CancellationToken cancellationToken) : IDisposable
{
    private readonly Queue<(NpgsqlRawCopyStream Copy, CancellationTokenRegistration Stop)> _begun = [];
    private readonly CopyRows _rows = new();
    private int _next;

    /// <summary>Waits on this thread for more rows.</summary>
    /// <returns>False at the end of the last COPY.</returns>
    /// <exception cref="NpgsqlException">The server refuses, or went away.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool Fill()
    {
        while (!_rows.Fill(cancellationToken))
        {
            if (_begun.TryDequeue(out var ended))
                End(ended.Copy, ended.Stop);
            BeginAhead();
            if (_begun.Count == 0)
                return false;
            _rows.Begin(_begun.Peek().Copy);
        }

        return true;
    }

    /// <inheritdoc cref="CopyRows.TryNext"/>
    public bool TryNext(out CopyRow row) => _rows.TryNext(out row);

    public void Dispose()
    {
        while (_begun.TryDequeue(out var open))
        {
            Stop(open.Copy);
            End(open.Copy, open.Stop);
        }
    }

    private void BeginAhead()
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (_next < statements.Count && _begun.Count < connections.Count)
        {
            var copy = connections[_next % connections.Count].BeginRawBinaryCopy(statements[_next]);
            _begun.Enqueue((copy, cancellationToken.Register(copy.Cancel)));
            _next++;
        }
    }

    private static void Stop(NpgsqlRawCopyStream copy)
    {
        try
        {
            copy.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has failed or was cancelled already.
        }
    }

    private static void End(NpgsqlRawCopyStream copy, CancellationTokenRegistration stop)
    {
        stop.Dispose();
        copy.Dispose();
    }
}
