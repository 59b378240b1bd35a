namespace Retraining.Supabase.Source;

/// <summary>What is kept of one table.</summary>
/// <param name="Shape">Of the rows; rows of another shape are of no use.</param>
/// <param name="Reads">The whole table first, then its changes, the oldest first. Empty before the first is done.</param>
/// <param name="Reading">One that is not done.</param>
internal sealed record KeptState(string Shape, IReadOnlyList<KeptRead> Reads, KeptRead? Reading)
{
    public KeptState With(KeptRead reading) => !reading.IsDone ? this with { Reading = reading }
        : this with { Reads = reading.ChangedSince is null ? [reading] : [.. Reads, reading], Reading = null };
}
