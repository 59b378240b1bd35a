using System.Text.Json;

namespace Retraining.Configuration;

/// <summary>The settings in force, with the overrides of one start laid over them and validated like every other layer.</summary>
/// <param name="overrides">A JSON object of sections (<c>{"training": {"epochs": 5}}</c>); null leaves the settings as they are.</param>
/// <exception cref="FormatException">A key or value cannot be used; the message names the key, what was found and what is expected.</exception>
public delegate RetrainingSettings ResolveSettings(JsonElement? overrides);
