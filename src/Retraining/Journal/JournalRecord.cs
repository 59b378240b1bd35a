using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Journal;

/// <summary>One line of a run's history as it lies on the disk.</summary>
/// <param name="Sequence">From 0, without gaps.</param>
/// <param name="At">When it was written.</param>
/// <param name="Kind">One of <see cref="Operations.EventKinds"/>.</param>
/// <param name="Stage">Name of the stage that it belongs to, if any.</param>
/// <param name="Call">Number of the call in the definition, from 0, if any.</param>
/// <param name="Content">What the kind says; an object.</param>
public sealed record JournalRecord(long Sequence, DateTimeOffset At, string Kind, string? Stage, int? Call, JsonElement Content)
{
    public T Read<T>() =>
        Content.Deserialize<T>(RecordJson.Options)
        ?? throw new InvalidDataException($"record {Sequence} ({Kind}): null content, expected {typeof(T).Name}");
}
