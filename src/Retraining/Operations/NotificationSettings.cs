using System.ComponentModel.DataAnnotations;

namespace Retraining.Operations;

/// <summary>Who is told. The webhook's URL is a secret and comes from the environment, <c>RETRAIN_WEBHOOK_URL</c>.</summary>
public sealed record NotificationSettings
{
    /// <summary>Outcomes that are told: <c>published</c>, <c>rejected</c>, <c>failed</c>.</summary>
    [AllowedValues("published", "rejected", "passed", "failed")]
    public IReadOnlyList<string> On { get; init; } = ["published", "rejected", "failed"];
}
