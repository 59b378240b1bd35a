using System.Text.Json;
using Retraining.Configuration;

namespace Retraining.Tests.Configuration;

public sealed class SettingsBinderTests
{
    [Fact]
    public void Bind_Nothing_IsTheDefaults() =>
        Assert.Equal(JsonSerializer.Serialize(new RetrainingSettings()), JsonSerializer.Serialize(SettingsBinder.Bind([])));

    [Fact]
    public void Bind_LaterLayer_Wins()
    {
        var settings = SettingsBinder.Bind(
        [
            .. SettingsFile.Parse("training:\n  epochs: 3\n  patience: 2\n", "a.yaml"),
            .. SettingsEnvironment.Read(new Dictionary<string, string> { ["TwoTower__Training__Epochs"] = "5", ["PATH"] = "/bin" }),
        ]);

        Assert.Equal(5, settings.Training.Epochs);
        Assert.Equal(2, settings.Training.Patience);
    }

    [Fact]
    public void Bind_JsonFile_IsReadLikeYaml()
    {
        var settings = SettingsBinder.Bind(SettingsFile.Parse("""{"source": {"positive_decisions": ["like", "love"], "folder": null}}""", "a.json"));

        Assert.Equal(["like", "love"], settings.Source.PositiveDecisions);
        Assert.Null(settings.Source.Folder);
    }

    public static TheoryData<string> Shares =>
        [.. typeof(Retraining.Dataset.ContractSettings).GetProperties().Select(property => property.Name).Where(name => name.EndsWith("Share", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Shares))]
    public void Bind_ShareThatIsNone_IsRefused(string name)
    {
        var key = "contract." + JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        foreach (var value in new[] { "5", "-0.1" })
            Assert.Contains(key, Assert.Throws<SettingsException>(() => SettingsBinder.Bind([new(key, value, null, "test")])).Message, StringComparison.Ordinal);
        SettingsBinder.Bind([new(key, "1", null, "test")]);
    }

    [Fact]
    public void Bind_Typo_NamesKeyValueOriginAndNearest()
    {
        var error = Assert.Throws<SettingsException>(() => SettingsBinder.Bind(SettingsFile.Parse("training:\n  epoch: 3\n", "a.yaml")));

        Assert.Equal("training.epoch: \"3\" (a.yaml, line 2), expected a setting that exists; did you mean training.epochs?", error.Message);
    }

    [Theory]
    [InlineData("training:\n  epochs: many", "training.epochs: \"many\" (a.yaml, line 2), expected a whole number, from 0 to 10000")]
    [InlineData("training:\n  epochs: -1", "training.epochs: \"-1\" (a.yaml, line 2), expected a whole number, from 0 to 10000")]
    [InlineData("training:\n  epochs: [1, 2]", "training.epochs: [1, 2] (a.yaml, line 2), expected a whole number, from 0 to 10000")]
    [InlineData("training:\n  dropout: 1", "training.dropout: \"1\" (a.yaml, line 2), expected a number, from 0 to below 1")]
    [InlineData("training:\n  dropout: .nan", "training.dropout: \".nan\" (a.yaml, line 2), expected a number, from 0 to below 1")]
    [InlineData("training:\n  loss: mse", "training.loss: \"mse\" (a.yaml, line 2), expected a text, one of softmax, full-softmax, bce")]
    [InlineData("training:\n  linear_skip: yes", "training.linear_skip: \"yes\" (a.yaml, line 2), expected true or false")]
    [InlineData("training:\n  epochs:", "training.epochs: null (a.yaml, line 2), expected a whole number, from 0 to 10000")]
    [InlineData("evaluation:\n  ks: [10, 0]", "evaluation.ks: [10, 0] (a.yaml, line 2), expected a list, each entry a whole number, at least 1 of them, from 1 to 10000")]
    [InlineData("evaluation:\n  ks: []", "evaluation.ks: [] (a.yaml, line 2), expected a list, each entry a whole number, at least 1 of them, from 1 to 10000")]
    public void Bind_UnusableValue_NamesKeyValueOriginAndExpectation(string yaml, string message) =>
        Assert.Equal(message, Assert.Throws<SettingsException>(() => SettingsBinder.Bind(SettingsFile.Parse(yaml, "a.yaml"))).Message);

    [Fact]
    public void Bind_SeveralFaults_TellsAll()
    {
        var error = Assert.Throws<SettingsException>(() => SettingsBinder.Bind(SettingsFile.Parse("training:\n  epoch: 3\n  dropout: 2\n  seed: x\n", "a.yaml")));

        Assert.Equal(["training.epoch", "training.seed"], error.Faults.Select(fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Fact]
    public void Bind_EnvironmentTypo_NamesTheVariable()
    {
        var values = SettingsEnvironment.Read(new Dictionary<string, string> { ["TwoTower__Trainning__Epochs"] = "5" });

        var error = Assert.Throws<SettingsException>(() => SettingsBinder.Bind(values));

        Assert.Contains("environment variable TwoTower__Trainning__Epochs", error.Message, StringComparison.Ordinal);
        Assert.Contains("training.epochs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_EnvironmentList_IsSplitAtCommas()
    {
        var values = SettingsEnvironment.Read(new Dictionary<string, string> { ["TwoTower__Evaluation__Ks"] = "5, 10" });

        Assert.Equal([5, 10], SettingsBinder.Bind(values).Evaluation.Ks);
    }

    [Fact]
    public void Read_MissingFile_NamesIt() =>
        Assert.Contains("no-such.yaml", Assert.Throws<SettingsException>(() => SettingsFile.Read("no-such.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_BrokenYaml_NamesTheLine() =>
        Assert.Contains("a.yaml, line 3", Assert.Throws<SettingsException>(() => SettingsFile.Parse("training:\n  epochs: [1\n", "a.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void Resolve_Overrides_LieOnTop()
    {
        var resolver = SettingsResolver.Create(null, new Dictionary<string, string> { ["TwoTower__Training__Epochs"] = "5" }, []);

        var settings = resolver.Resolve(JsonSerializer.Deserialize<JsonElement>("""{"training": {"epochs": 7}}"""));

        Assert.Equal(7, settings.Training.Epochs);
    }
}
