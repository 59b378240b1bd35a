using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>Records outcomes and hands them on, in the same order for all calls of a run.</summary>
internal sealed class OutcomeBook(IRunJournal journal)
{
    private readonly Lock _order = new();

    public IRunJournal Journal => journal;

    /// <exception cref="JournalWriteException">The outcome could not be recorded, so there is none.</exception>
    public void Complete(string stage, int call, int attempts, JsonElement result, Action<StageOutcome> deliver) =>
        Record(EventKinds.StageCompleted, stage, call, new StageCompletedContent(attempts, result), new StageOutcome(result, null), deliver);

    /// <inheritdoc cref="Complete"/>
    public void Fail(string stage, int call, int attempts, string error, Action<StageOutcome> deliver) => Record(
        EventKinds.StageFailed, stage, call, new StageFailedContent(attempts, error), new StageOutcome(null, new StageFailedException(stage, attempts, error)), deliver);

    private void Record<T>(string kind, string stage, int call, T content, StageOutcome outcome, Action<StageOutcome> deliver)
    {
        lock (_order)
        {
            journal.Append(kind, stage, call, content);
            deliver(outcome);
        }
    }
}
