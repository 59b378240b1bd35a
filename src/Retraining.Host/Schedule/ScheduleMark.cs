using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Schedule;

namespace Retraining.Host.Schedule;

/// <summary>
/// Up to when scheduled runs have been dealt with, kept in the work store, so that a host that comes back knows what it missed.
/// A new schedule begins where it is first seen: nothing of the time before counts as missed.
/// </summary>
internal sealed class ScheduleMark(IArtifactStore store, WeeklySchedule schedule, TimeProvider time)
{
    private const string Path = "schedule.json";

    public async Task<Content> ReadAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } mark && mark.Expression == schedule.Expression && mark.TimeZone == schedule.TimeZone)
            return mark;

        var now = time.GetUtcNow();
        var first = new Content(schedule.Expression, schedule.TimeZone, now, now);
        await WriteAsync(first, cancellationToken);
        return first;
    }

    public Task WriteAsync(Content mark, CancellationToken cancellationToken) => store.WriteAsync(
        Path, (stream, ct) => JsonSerializer.SerializeAsync(stream, mark, RecordJson.Options, ct), WriteOptions.Private, cancellationToken);

    private async Task<Content?> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await store.OpenReadAsync(Path, cancellationToken);
            return await JsonSerializer.DeserializeAsync<Content>(stream, RecordJson.Options, cancellationToken);
        }
        catch (Exception error) when (error is ArtifactNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <param name="HandledUntil">No occurrence up to then is started any more.</param>
    /// <param name="ToldUntil">No occurrence up to then is told as missed any more.</param>
    internal sealed record Content(string Expression, string TimeZone, DateTimeOffset HandledUntil, DateTimeOffset ToldUntil);
}
