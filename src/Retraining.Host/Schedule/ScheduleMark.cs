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

    public async Task<DateTimeOffset> ReadAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } mark && mark.Expression == schedule.Expression && mark.TimeZone == schedule.TimeZone)
            return mark.HandledUntil;

        var now = time.GetUtcNow();
        await WriteAsync(now, cancellationToken);
        return now;
    }

    public Task WriteAsync(DateTimeOffset handledUntil, CancellationToken cancellationToken) => store.WriteAsync(
        Path,
        (stream, ct) => JsonSerializer.SerializeAsync(stream, new Content(schedule.Expression, schedule.TimeZone, handledUntil), RecordJson.Options, ct),
        WriteOptions.Private,
        cancellationToken);

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

    private sealed record Content(string Expression, string TimeZone, DateTimeOffset HandledUntil);
}
