namespace Retraining.Source;

/// <summary>
/// A folder with <c>profiles.json</c>, <c>videos_subset.json</c> or <c>videos.json</c>, and <c>user_video_decisions.json</c>:
/// JSON arrays or one object a line (<c>.ndjson</c>, <c>.jsonl</c>), each also as <c>.gz</c>.
/// </summary>
public sealed class JsonFolderSource(string folder) : ISource
{
    public string Location => folder;

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
