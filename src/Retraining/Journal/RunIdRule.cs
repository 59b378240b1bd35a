using Retraining.Execution;

namespace Retraining.Journal;

/// <summary>What may be a run's id: it names folders and appears in addresses.</summary>
public static class RunIdRule
{
    private const int MaxLength = 100;

    /// <exception cref="PermanentStageException">The id cannot be used.</exception>
    public static void Require(string runId)
    {
        if (!IsValid(runId))
            throw new PermanentStageException($"run id \"{runId}\", expected 1 to {MaxLength} letters, digits, '-', '_' or '.', beginning with a letter or digit");
    }

    private static bool IsValid(string runId) =>
        runId.Length is > 0 and <= MaxLength && char.IsAsciiLetterOrDigit(runId[0])
        && runId.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
