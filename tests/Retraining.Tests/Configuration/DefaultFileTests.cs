using System.Collections;
using System.Runtime.CompilerServices;
using Retraining.Configuration;

namespace Retraining.Tests.Configuration;

public sealed class DefaultFileTests
{
    private static readonly IReadOnlyList<SettingValue> File = SettingsFile.Read(PathOf("config/default.yaml"));

    public static TheoryData<string> Keys => [.. SettingsSchema.Keys.Select(key => key.Path)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void DefaultFile_EveryKey_HoldsTheDefaultOfTheCode(string path)
    {
        var key = SettingsSchema.Find(path)!;
        var value = Assert.Single(File, value => value.Key == path);

        var fromFile = key.Read(SettingsBinder.Bind([value]));

        Assert.Equal(Text(key.Read(new RetrainingSettings())), Text(fromFile));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Defaults_EveryKey_KeepsItsOwnRules(string path)
    {
        var key = SettingsSchema.Find(path)!;

        Assert.True(key.IsValid(key.Read(new RetrainingSettings())), $"{path}, expected {key.Expected}");
    }

    [Fact]
    public void DefaultFile_Text_IsWhatSettingsDefaultsWrites() =>

        // When this fails: retrain settings --defaults > config/default.yaml
        Assert.Equal(SettingsYaml.Write(new RetrainingSettings()), System.IO.File.ReadAllText(PathOf("config/default.yaml")));

    [Fact]
    public void DefaultFile_Keys_AllExist() => Assert.DoesNotContain(File, value => SettingsSchema.Find(value.Key) is null);

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        IEnumerable list => string.Join(",", list.Cast<object>()),
        _ => Convert.ToString(value)!,
    };

    private static string PathOf(string file, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../..", file);
}
