using System.Collections;
using System.Text.Json;

namespace Retraining.Configuration;

/// <summary>The layers in force: a file, the environment, the command line; a request's overrides come on top.</summary>
public sealed class SettingsResolver
{
    /// <summary>Read when no file is named and it is there.</summary>
    public const string DefaultFile = "config/default.yaml";

    private readonly IReadOnlyList<SettingValue> _values;
    private readonly Lazy<RetrainingSettings> _inForce;

    private SettingsResolver(IReadOnlyList<SettingValue> values) => (_values, _inForce) = (values, new(() => SettingsBinder.Bind(values)));

    /// <param name="file">A YAML or JSON file; null takes <see cref="DefaultFile"/> where it exists.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="commandLine">Values of the command line, over all others.</param>
    /// <exception cref="SettingsException">The file cannot be read.</exception>
    public static SettingsResolver Create(string? file, IDictionary variables, IReadOnlyList<SettingValue> commandLine)
    {
        var path = file ?? (File.Exists(DefaultFile) ? DefaultFile : null);
        IReadOnlyList<SettingValue> fromFile = path is null ? [] : SettingsFile.Read(path);
        return new SettingsResolver([.. fromFile, .. SettingsEnvironment.Read(variables), .. commandLine]);
    }

    /// <inheritdoc cref="ResolveSettings"/>
    public RetrainingSettings Resolve(JsonElement? overrides) => overrides is null
        ? _inForce.Value // asked for with each request
        : SettingsBinder.Bind([.. _values, .. SettingsFile.From(overrides.Value, "request body")]);
}
