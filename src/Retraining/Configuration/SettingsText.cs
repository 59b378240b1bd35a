namespace Retraining.Configuration;

/// <summary>Values written as one text: environment variables and <c>--set</c>.</summary>
public static class SettingsText
{
    /// <summary>A list where the key takes one (separated by commas), otherwise the text; an empty text is nothing.</summary>
    public static SettingValue Value(string path, string text, string origin) =>
        SettingsSchema.Find(path) is { IsList: true }
            ? new SettingValue(path, null, text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), origin)
            : new SettingValue(path, text.Length == 0 ? null : text, null, origin);
}
