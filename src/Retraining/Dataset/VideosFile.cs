using Retraining.Artifacts;

namespace Retraining.Dataset;

/// <summary>Writes the videos of a snapshot while its decisions are still being read. Disposing it removes what nobody took: the sync failed.</summary>
internal sealed class VideosFile(IArtifactStore work, SnapshotWriter writer, SnapshotRows rows, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private Task<ArtifactRef>? _written;
    private bool _isTaken;

    /// <summary>To be called once all videos are added.</summary>
    public void Begin()
    {
        rows.SealVideos();
        _written = Task.Run(() => writer.WriteVideosAsync(rows, _stop.Token), _stop.Token);
    }

    /// <summary>To be called once everything is read.</summary>
    public Task<ArtifactRef> TakeAsync()
    {
        _isTaken = true;
        return _written ?? throw new InvalidOperationException("videos are taken before they are begun");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_written is not null)
            await ((Task)_written).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_isTaken && _written is { IsCompletedSuccessfully: true })
            await work.DeleteAsync((await _written).Path, CancellationToken.None);
        _stop.Dispose();
    }
}
