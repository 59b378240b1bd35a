using System.Text.Json;
using System.Text.RegularExpressions;
using Retraining.Configuration;
using Retraining.Tests.Documentation;
using YamlDotNet.Serialization;

namespace Retraining.Tests.Infrastructure;

/// <summary>The deployment's files fit each other and the program. <see cref="DeploymentTests"/> compiles the templates.</summary>
public sealed partial class InfrastructureTests
{
    private static readonly string Infra = Path.Combine(RepositoryFolder.Path, "infra");

    [Fact]
    public void Modules_InFolder_AreAllUsed()
    {
        var used = Directory.GetFiles(Infra, "*.bicep", SearchOption.AllDirectories).SelectMany(file => BicepFile.Read(file).Modules);

        Assert.Equal(Directory.GetFiles(Path.Combine(Infra, "modules")).Order(StringComparer.Ordinal), used.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parameters_InFile_AreThoseOfMain()
    {
        var declared = BicepFile.Read(Path.Combine(Infra, "main.bicep")).Parameters;
        var given = Json(Path.Combine(Infra, "main.parameters.json")).GetProperty("parameters").EnumerateObject().Select(member => member.Name).ToArray();

        Assert.Empty(given.Except(declared.Keys));
        Assert.NotEmpty(declared);
        Assert.Empty(declared.Where(parameter => !parameter.Value).Select(parameter => parameter.Key).Except(given));
    }

    [Fact]
    public void Variables_OfTheHook_AreOutputsOfMain()
    {
        var used = HookVariable().Matches(File.ReadAllText(Path.Combine(Infra, "grant-database"))).Select(match => match.Value).ToArray();

        Assert.Contains("RETRAINING_DATABASE_HOST", used);
        Assert.Empty(used.Except(BicepFile.Read(Path.Combine(Infra, "main.bicep")).Outputs));
    }

    [Fact]
    public void Settings_InDeploymentFiles_AreKeysThatExist()
    {
        var sample = Json(Path.Combine(RepositoryFolder.Path, "local.settings.sample.json")).GetProperty("Values").EnumerateObject().Select(member => member.Name);
        var compose = Yaml(Path.Combine(Infra, "compose.yaml"));
        var services = ((IDictionary<object, object>)compose["services"]).Values.Cast<IDictionary<object, object>>();
        var containers = services.Where(service => service.ContainsKey("environment"))
            .SelectMany(service => ((IDictionary<object, object>)service["environment"]).Keys.Cast<string>());
        var bicep = BicepFile.Read(Path.Combine(Infra, "main.bicep")).MembersOf("runSettings")
            .Concat(SettingName().Matches(File.ReadAllText(Path.Combine(Infra, "modules", "functions.bicep"))).Select(match => match.Value));

        var keys = sample.Concat(containers).Concat(bicep).Where(key => key.StartsWith("TwoTower__", StringComparison.Ordinal)).Distinct().ToArray();

        Assert.Contains("TwoTower__Publish__Container", keys);
        Assert.All(keys, key => Assert.NotNull(SettingsSchema.Find(key["TwoTower__".Length..].Replace("__", ".", StringComparison.Ordinal))));
    }

    [Fact]
    public void Settings_InTheSample_AreExplainedInTheReadme()
    {
        var readme = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "README.md"));
        var sample = Json(Path.Combine(RepositoryFolder.Path, "local.settings.sample.json")).GetProperty("Values").EnumerateObject().Select(member => member.Name);

        Assert.All(sample, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void HostJson_Names_AreSetWhereverItRuns()
    {
        var durable = Json(Path.Combine(RepositoryFolder.Path, "host.json")).GetProperty("extensions").GetProperty("durableTask");
        string[] names =
        [
            durable.GetProperty("hubName").GetString()!.Trim('%'),
            durable.GetProperty("storageProvider").GetProperty("connectionStringName").GetString()!,
        ];
        var local = Json(Path.Combine(RepositoryFolder.Path, "local.settings.sample.json")).GetProperty("Values").EnumerateObject().Select(member => member.Name);
        var functions = File.ReadAllText(Path.Combine(Infra, "modules", "functions.bicep"));

        Assert.Empty(names.Except(local));
        Assert.All(names, name => Assert.Contains($"{name}: ", functions, StringComparison.Ordinal));
    }

    [Fact]
    public void HostJson_Keys_AreThoseThatTheReadmeExplains()
    {
        var readme = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "README.md"));
        var table = readme[readme.IndexOf("[`host.json`](host.json):", StringComparison.Ordinal)..];
        var explained = ExplainedKey().Matches(table[..table.IndexOf("\n## ", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value).ToArray();
        var keys = Leaves(Json(Path.Combine(RepositoryFolder.Path, "host.json")), "").Select(key => key.Replace("extensions.", "", StringComparison.Ordinal)).ToArray();

        Assert.All(keys, key => Assert.Single(explained, name => Covers(name, key)));
        Assert.All(explained, name => Assert.Contains(keys, key => Covers(name, key)));

        static bool Covers(string name, string key) => key == name || key.StartsWith($"{name}.", StringComparison.Ordinal);
    }

    [Fact]
    public void Activities_OfTheFunctionApp_AreTheStages()
    {
        var source = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "src", "Retraining.Functions", "StageActivities.cs"));
        var activities = FunctionName().Matches(source).Select(match => match.Groups[1].Value);

        Assert.Equal(Stages.All.Select(stage => stage.Name), activities);
    }

    [Fact]
    public void Services_InAzureYaml_AreTaggedAndThere()
    {
        var services = (IDictionary<object, object>)Yaml(Path.Combine(RepositoryFolder.Path, "azure.yaml"))["services"];
        var modules = string.Concat(Directory.GetFiles(Path.Combine(Infra, "modules")).Select(File.ReadAllText));

        Assert.All(services, service =>
        {
            Assert.Contains($"'azd-service-name': '{service.Key}'", modules, StringComparison.Ordinal);
            var project = (string)((IDictionary<object, object>)service.Value)["project"];
            Assert.True(Directory.Exists(Path.Combine(RepositoryFolder.Path, project)), $"{project}, expected a folder");
        });
    }

    [Theory]
    [InlineData("src/Retraining.Functions", "services.functions.hooks.prepackage.run")]
    [InlineData(".", "hooks.postprovision.run")]
    [InlineData(".", "services.worker.docker.path")]
    public void Files_InAzureYaml_AreThere(string from, string key)
    {
        object value = Yaml(Path.Combine(RepositoryFolder.Path, "azure.yaml"));
        foreach (var name in key.Split('.'))
            value = ((IDictionary<object, object>)value)[name];

        Assert.True(File.Exists(Path.Combine(RepositoryFolder.Path, from, (string)value)), $"{key}: {value}, expected a file");
    }

    [GeneratedRegex("RETRAINING_[A-Z_]+[A-Z]")]
    private static partial Regex HookVariable();

    private static IEnumerable<string> Leaves(JsonElement json, string path) => json.ValueKind == JsonValueKind.Object
        ? json.EnumerateObject().SelectMany(member => Leaves(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}"))
        : [path];

    [GeneratedRegex("^\\| `([A-Za-z.]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex ExplainedKey();

    [GeneratedRegex("TwoTower__[A-Za-z]+__[A-Za-z]+")]
    private static partial Regex SettingName();

    [GeneratedRegex("""^    \[Function\("([a-z-]+)"\)\]$""", RegexOptions.Multiline)]
    private static partial Regex FunctionName();

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    private static IDictionary<object, object> Yaml(string path) =>
        (IDictionary<object, object>)new DeserializerBuilder().Build().Deserialize(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(File.ReadAllText(path)))))!;
}
