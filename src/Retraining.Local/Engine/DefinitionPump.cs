using System.Threading.Channels;

namespace Retraining.Local.Engine;

/// <summary>
/// Runs the definition's code one piece at a time, in the order in which outcomes were recorded, so that a replay takes the same way
/// through it as the first run did.
/// </summary>
internal sealed class DefinitionPump : SynchronizationContext
{
    private readonly Channel<(SendOrPostCallback Callback, object? State)> _work =
        Channel.CreateUnbounded<(SendOrPostCallback, object?)>(new UnboundedChannelOptions { SingleReader = true });

    public override void Post(SendOrPostCallback d, object? state) => _work.Writer.TryWrite((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("the definition's pump only posts");

    public override SynchronizationContext CreateCopy() => this;

    public void Post(Action work) => Post(_ => work(), null);

    /// <summary>Runs all that is there; what it posts, too.</summary>
    public void Drain()
    {
        var outer = Current;
        SetSynchronizationContext(this);
        try
        {
            while (_work.Reader.TryRead(out var work))
                work.Callback(work.State);
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    public async Task WaitAsync(CancellationToken cancellationToken) => await _work.Reader.WaitToReadAsync(cancellationToken);
}
