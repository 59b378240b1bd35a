using System.Text.Json;
using System.Text.Json.Serialization;

namespace Retraining.Local.Journal;

/// <param name="Build">Whose definition began the run; null in journals of builds that did not say.</param>
internal sealed record RunStartedContent(string RunId, DateTimeOffset StartedAt, RetrainingRequest Request, string? Build = null);

internal sealed record StageStartedContent(string Title, JsonElement Input);

/// <param name="Attempt">From 1.</param>
/// <param name="Error">One sentence.</param>
/// <param name="RetryInMs">Null when there is no further attempt.</param>
internal sealed record AttemptFailedContent(int Attempt, string Error, double? RetryInMs);

internal sealed record StageCompletedContent(int Attempts, JsonElement Result);

internal sealed record StageFailedContent(int Attempts, string Error);

/// <param name="Asked">Id of the request; null where nobody asked through the journals' home, as in older journals.</param>
internal sealed record EventRaisedContent(
    string Name, JsonElement Value, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Asked = null);

/// <inheritdoc cref="EventRaisedContent"/>
internal sealed record ReasonContent(
    string? Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Asked = null);

internal sealed record RunCompletedContent(RetrainingResult Result);

internal sealed record RunFailedContent(string Error);
