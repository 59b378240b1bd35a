using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Host.Durable;

/// <summary>
/// What the processes of a hub tell each other about one run through the work store: which calls were answered, how far the running ones
/// are, and that the run is cancelled (a hub does not tell a running activity).
/// </summary>
public sealed class RunFiles(IArtifactStore work, string runId)
{
    private readonly string _folder = $"runs/{runId}/";

    public string RunId => runId;

    private string Cancelled => $"{_folder}hub/cancelled.json";

    public Task CancelAsync(string? reason, CancellationToken cancellationToken) =>
        WriteAsync(Cancelled, new Cancellation(reason), cancellationToken);

    public Task<bool> IsCancelledAsync(CancellationToken cancellationToken) => work.ExistsAsync(Cancelled, cancellationToken);

    public Task GoOnAsync(CancellationToken cancellationToken) => work.DeleteAsync(Cancelled, cancellationToken);

    /// <summary>The answer that was recorded for the same call with the same input; null when there is none.</summary>
    public async Task<JsonElement?> ReadResultAsync(string stage, StageCall call, CancellationToken cancellationToken) =>
        await ReadAsync<Answered>(PathOf(stage, call), cancellationToken) is { } answered && JsonElement.DeepEquals(answered.Input, call.Input)
            ? answered.Result
            : null;

    public Task WriteResultAsync(string stage, StageCall call, JsonElement result, CancellationToken cancellationToken) =>
        WriteAsync(PathOf(stage, call), new Answered(call.Input, result), cancellationToken);

    public Task<StageProgress?> ReadProgressAsync(string stage, CancellationToken cancellationToken) =>
        ReadAsync<StageProgress>($"{_folder}hub/progress/{stage}.json", cancellationToken);

    public Task WriteProgressAsync(string stage, StageProgress progress, CancellationToken cancellationToken) =>
        WriteAsync($"{_folder}hub/progress/{stage}.json", progress, cancellationToken);

    /// <summary>Removes everything of the run, working files included.</summary>
    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        foreach (var path in await work.ListAsync(_folder, cancellationToken))
            await work.DeleteAsync(path, cancellationToken);
    }

    private string PathOf(string stage, StageCall call) => $"{_folder}hub/calls/{call.Call:000}-{stage}.json";

    private async Task<T?> ReadAsync<T>(string path, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await using var stream = await work.OpenReadAsync(path, cancellationToken);
            return await JsonSerializer.DeserializeAsync<T>(stream, RecordJson.Options, cancellationToken);
        }
        catch (ArtifactNotFoundException)
        {
            return null;
        }
    }

    private Task<ArtifactRef> WriteAsync<T>(string path, T content, CancellationToken cancellationToken) => work.WriteAsync(
        path, (stream, ct) => JsonSerializer.SerializeAsync(stream, content, RecordJson.Options, ct), WriteOptions.Private, cancellationToken);

    private sealed record Cancellation(string? Reason);

    private sealed record Answered(JsonElement Input, JsonElement Result);
}
