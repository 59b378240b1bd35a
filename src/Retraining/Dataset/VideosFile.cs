using Retraining.Artifacts;

namespace Retraining.Dataset;

/// <summary>Writes the videos of a snapshot while its decisions are still being read. Disposing it stops what nobody waited for.</summary>
internal sealed class VideosFile(SnapshotWriter writer, SnapshotRows rows, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private Task<ArtifactRef>? _written;

    /// <summary>To be called once all videos are added.</summary>
    public void Begin()
    {
        rows.SealVideos();
        _written = Task.Run(() => writer.WriteVideosAsync(rows, _stop.Token), _stop.Token);
    }

    public Task<ArtifactRef> WrittenAsync() => _written ?? throw new InvalidOperationException("videos are awaited before they are begun");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_written is not null)
            await ((Task)_written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
