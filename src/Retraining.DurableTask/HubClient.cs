using Microsoft.DurableTask.Client;

namespace Retraining.DurableTask;

/// <summary>
/// The client of the hub that runs are on. A Functions app gets its client with each invocation and binds it here; everybody else has
/// one from the start.
/// </summary>
public sealed class HubClient
{
    private readonly bool _isOwn;
    private DurableTaskClient? _client;

    /// <param name="own">Null where invocations bring it.</param>
    public HubClient(DurableTaskClient? own)
    {
        _client = own;
        _isOwn = own is not null;
    }

    /// <exception cref="InvalidOperationException">No invocation has brought a client yet.</exception>
    public DurableTaskClient Client => Volatile.Read(ref _client)
        ?? throw new InvalidOperationException("no Durable Task client is bound, expected one from an invocation or a connection string");

    /// <summary>False too where no invocation has brought a client yet: then nobody can tell.</summary>
    public async Task<bool> HasEndedAsync(string runId, CancellationToken cancellationToken) =>
        Volatile.Read(ref _client) is { } client && await client.GetInstanceAsync(runId, cancellationToken) is not { IsCompleted: false };

    /// <summary>Takes the place of a client that came the same way; an own client stays.</summary>
    public void Bind(DurableTaskClient client)
    {
        if (!_isOwn)
            Volatile.Write(ref _client, client);
    }
}
