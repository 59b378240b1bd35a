namespace Retraining.Operations;

/// <summary>Reads the address of a Slack-compatible incoming webhook from the environment; null when none is set. It is a secret.</summary>
public delegate string? ReadWebhookUrl();
