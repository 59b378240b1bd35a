namespace Retraining.Configuration;

/// <summary>Settings that cannot be used. One line for each fault: key, value found, where it comes from, what was expected.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults) : FormatException(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}
