namespace Retraining.Source;

/// <summary>No rows at all: reviews whose videos are all new.</summary>
public sealed class NoSource : ISource
{
    public string Location => "nowhere";

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<SourceRow<Profile>>();

    public IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<SourceRow<Video>>();

    public IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<SourceRow<Decision>>();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
