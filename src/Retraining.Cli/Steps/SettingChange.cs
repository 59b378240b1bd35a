namespace Retraining.Cli.Steps;

/// <summary>One setting of one trial.</summary>
/// <param name="Key"><c>training.learning_rate</c>.</param>
/// <param name="Value">As written on the command line.</param>
internal sealed record SettingChange(string Key, string Value);
