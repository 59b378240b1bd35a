using System.Text.Json;
using System.Text.RegularExpressions;
using Retraining.Configuration;
using Retraining.Tests.Documentation;
using YamlDotNet.Serialization;

namespace Retraining.Tests.Infrastructure;

/// <summary>The deployment's files fit each other and the program. What only Azure can say, these do not.</summary>
public sealed partial class InfrastructureTests
{
    /// <summary>Versions that the providers document or that public templates deploy with.</summary>
    private static readonly string[] KnownTypes =
    [
        "Microsoft.App/containerApps@2024-03-01", "Microsoft.App/managedEnvironments@2024-03-01",
        "Microsoft.Authorization/roleAssignments@2022-04-01", "Microsoft.ContainerRegistry/registries@2023-07-01",
        "Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01", "Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01",
        "Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01", "Microsoft.DBforPostgreSQL/flexibleServers/databases@2024-08-01",
        "Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01", "Microsoft.DurableTask/schedulers@2025-11-01",
        "Microsoft.DurableTask/schedulers/retentionPolicies@2025-11-01", "Microsoft.DurableTask/schedulers/taskHubs@2025-11-01",
        "Microsoft.Insights/components@2020-02-02", "Microsoft.KeyVault/vaults@2023-07-01", "Microsoft.KeyVault/vaults/secrets@2023-07-01",
        "Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31", "Microsoft.Network/privateDnsZones@2020-06-01",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01", "Microsoft.Network/privateEndpoints@2024-05-01",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01", "Microsoft.Network/virtualNetworks@2024-05-01",
        "Microsoft.OperationalInsights/workspaces@2023-09-01", "Microsoft.Resources/resourceGroups@2021-04-01",
        "Microsoft.Storage/storageAccounts@2023-05-01", "Microsoft.Storage/storageAccounts/blobServices@2023-05-01",
        "Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01", "Microsoft.Storage/storageAccounts/managementPolicies@2023-05-01",
        "Microsoft.Web/serverfarms@2024-04-01", "Microsoft.Web/sites@2024-04-01", "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01",
    ];

    private static readonly string Infra = Path.Combine(RepositoryFolder.Path, "infra");

    public static TheoryData<string> BicepFiles => [.. Directory.GetFiles(Infra, "*.bicep", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Infra, file))];

    [Theory]
    [MemberData(nameof(BicepFiles))]
    public void Bicep_Parts_FitEachOther(string name)
    {
        var file = BicepFile.Read(Path.Combine(Infra, name));

        Assert.Null(file.Misfit());
        Assert.Empty(file.Unused);
        Assert.Empty(file.ResourceTypes.Except(KnownTypes));
        foreach (var (symbol, path, passed) in file.Modules)
        {
            Assert.True(File.Exists(path), $"{name}: module {symbol} is {path}, expected a file");
            var module = BicepFile.Read(path);
            Assert.Empty(passed.Except(module.Parameters.Keys));
            Assert.Empty(module.Parameters.Where(parameter => !parameter.Value).Select(parameter => parameter.Key).Except(passed));
            Assert.Empty(file.UsedOutputs.Where(use => use.Symbol == symbol).Select(use => use.Output).Except(module.Outputs));
        }

        Assert.Empty(file.UsedOutputs.Select(use => use.Symbol).Except(file.Modules.Select(module => module.Symbol)));
    }

    [Fact]
    public void Modules_InFolder_AreAllUsed()
    {
        var used = Directory.GetFiles(Infra, "*.bicep", SearchOption.AllDirectories).SelectMany(file => BicepFile.Read(file).Modules).Select(module => module.File);

        Assert.Equal(Directory.GetFiles(Path.Combine(Infra, "modules")).Order(StringComparer.Ordinal), used.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parameters_InFile_AreThoseOfMain()
    {
        var declared = BicepFile.Read(Path.Combine(Infra, "main.bicep")).Parameters;
        var given = Json(Path.Combine(Infra, "main.parameters.json")).GetProperty("parameters").EnumerateObject().Select(member => member.Name).ToArray();

        Assert.Empty(given.Except(declared.Keys));
        Assert.Empty(declared.Where(parameter => !parameter.Value).Select(parameter => parameter.Key).Except(given));
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

    [GeneratedRegex("TwoTower__[A-Za-z]+__[A-Za-z]+")]
    private static partial Regex SettingName();

    [GeneratedRegex("""^    \[Function\("([a-z-]+)"\)\]$""", RegexOptions.Multiline)]
    private static partial Regex FunctionName();

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    private static IDictionary<object, object> Yaml(string path) =>
        (IDictionary<object, object>)new DeserializerBuilder().Build().Deserialize(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(File.ReadAllText(path)))))!;
}
