using System.ComponentModel.DataAnnotations;

namespace Retraining.Operations;

/// <summary>How <c>retrain</c> logs to stderr.</summary>
public sealed record LoggingSettings
{
    /// <summary>
    /// <c>text</c> for people, or <c>json</c>: an object a line, with the run and the stage that it belongs to; <c>retrain run</c> then
    /// tells its progress by log lines only.
    /// </summary>
    [AllowedValues("text", "json")]
    public string Format { get; init; } = "text";
}
