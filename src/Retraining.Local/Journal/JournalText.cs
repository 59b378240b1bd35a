using Retraining.Journal;

namespace Retraining.Local.Journal;

/// <summary>What a journal's file holds.</summary>
/// <param name="Records">Intact records, in order.</param>
/// <param name="IntactBytes">Length of the file up to the end of the last intact record.</param>
/// <param name="TornBytes">What an interrupted write left behind them.</param>
internal sealed record JournalText(IReadOnlyList<JournalRecord> Records, long IntactBytes, long TornBytes);
