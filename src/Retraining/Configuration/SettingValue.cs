namespace Retraining.Configuration;

/// <summary>One value of one layer, not yet looked at.</summary>
/// <param name="Key">As written, sections joined by dots: <c>training.epochs</c>.</param>
/// <param name="Scalar">The text of a single value; null when there is a list, or the value is null.</param>
/// <param name="Items">The texts of a list.</param>
/// <param name="Origin">Where it stands, for messages: <c>config/default.yaml, line 12</c>.</param>
public sealed record SettingValue(string Key, string? Scalar, IReadOnlyList<string>? Items, string Origin)
{
    /// <summary>The value as a person would write it.</summary>
    public string Found => Items is not null ? $"[{string.Join(", ", Items)}]" : Scalar is null ? "null" : $"\"{Scalar}\"";
}
