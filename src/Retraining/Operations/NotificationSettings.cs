using System.ComponentModel.DataAnnotations;

namespace Retraining.Operations;

/// <summary>
/// Who is told. Where to is a secret and comes from the environment: <c>RETRAIN_WEBHOOK_URL</c> for a Slack-compatible webhook,
/// <c>RETRAIN_SMTP_URL</c> for e-mail.
/// </summary>
public sealed record NotificationSettings
{
    internal const string Approval = "approval";

    /// <summary>Outcomes that are told: <c>published</c>, <c>rejected</c>, <c>passed</c>, <c>failed</c>, <c>missed</c>, and <c>approval</c> when a run waits for one.</summary>
    [AllowedValues("published", "rejected", "passed", "failed", "missed", Approval)]
    public IReadOnlyList<string> On { get; init; } = ["published", "rejected", "failed", "missed", Approval];

    /// <summary>Who gets e-mail; none by default.</summary>
    public IReadOnlyList<string> EmailTo { get; init; } = [];

    /// <summary>Sender of e-mail.</summary>
    public string EmailFrom { get; init; } = "retrain@localhost";
}
