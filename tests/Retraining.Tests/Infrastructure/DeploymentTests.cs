using System.Text.Json;
using System.Text.RegularExpressions;
using Retraining.Tests.Documentation;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Infrastructure;

/// <summary>The templates through the real compiler, and what it says they deploy. What only Azure can say, these do not.</summary>
public sealed partial class DeploymentTests
{
    private static readonly Dictionary<string, string> RoleNames = new(StringComparer.Ordinal)
    {
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["0ad04412-c4d5-4796-b79c-f76d14c8d402"] = "Durable Task Data Contributor",
        ["d6a5505f-6ebb-45a4-896e-ac8274cfc0ac"] = "Durable Task Data Reader",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["7f951dda-4ed3-4680-a7ca-43fe172d538d"] = "AcrPull",
    };

    [BicepFact]
    public async Task Build_Main_SaysNothing()
    {
        Assert.Equal((0, ""), await BicepCompiler.RunAsync("build", BicepCompiler.Main, "--stdout"));
        Assert.Equal((0, ""), await BicepCompiler.RunAsync("lint", BicepCompiler.Main));
    }

    [BicepFact]
    public async Task Roles_AssignedByTheTemplates_AreThoseOfTheGuide()
    {
        var assigned = (await BicepCompiler.PredictAsync()).Where(resource => Type(resource) == "Microsoft.Authorization/roleAssignments")
            .Select(role => (Role: RoleNames[Text(role, "roleDefinitionId")[^36..]], Who: Who(Text(role, "principalId")), On: On(role)));
        var guide = GuideRow().Matches(File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "azure.md")))
            .Select(row => (Role: row.Groups["role"].Value, Who: row.Groups["who"].Value, On: row.Groups["on"].Value));

        Assert.Equal(guide.Where(row => RoleNames.ContainsValue(row.Role)).Order(), assigned.Distinct().Order());
    }

    [BicepFact]
    public async Task SignIn_ByDefault_IsByIdentityOnly()
    {
        var resources = await BicepCompiler.PredictAsync(("webhookUrl", "'https://example.com/hook'"));

        Assert.False(Properties(resources, "Microsoft.Storage/storageAccounts").GetProperty("allowSharedKeyAccess").GetBoolean());
        Assert.True(Properties(resources, "Microsoft.Insights/components").GetProperty("DisableLocalAuth").GetBoolean());
        Assert.False(Properties(resources, "Microsoft.ContainerRegistry/registries").GetProperty("adminUserEnabled").GetBoolean());
        var database = Properties(resources, "Microsoft.DBforPostgreSQL/flexibleServers").GetProperty("authConfig");
        Assert.Equal("Disabled", database.GetProperty("passwordAuth").GetString());
        Assert.All(resources.Where(resource => Type(resource) == "Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            policy => Assert.False(policy.GetProperty("properties").GetProperty("allow").GetBoolean()));
        Assert.All(resources, resource => Assert.DoesNotContain("listKeys", resource.GetRawText(), StringComparison.OrdinalIgnoreCase));
    }

    [BicepFact]
    public async Task Worker_ByDefault_ScalesFromNothingByIdentityAndKnowsNoAccessKey()
    {
        var resources = await BicepCompiler.PredictAsync(("webhookUrl", "'https://example.com/hook'"));
        var worker = Properties(resources, "Microsoft.App/containerApps");
        var template = worker.GetProperty("template");
        var settings = worker.GetRawText();

        var scale = template.GetProperty("scale");
        JsonElement[] rules = [.. scale.GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("custom"))];
        Assert.Equal(0, scale.GetProperty("minReplicas").GetInt32());
        string[] work = [.. rules.Select(rule => rule.GetProperty("metadata").GetProperty("workItemType").GetString()!)];
        Assert.Equal(["Orchestration", "Activity"], work);
        Assert.All(rules, rule => Assert.Contains("/id-", rule.GetProperty("identity").GetString()!, StringComparison.Ordinal));
        Assert.Contains("RETRAIN_WEBHOOK_URL", settings, StringComparison.Ordinal);
        Assert.Contains("secrets/webhook-url", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("RETRAIN_START_KEY", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets/start-key", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets/read-key", settings, StringComparison.Ordinal);
    }

    [BicepFact]
    public async Task PrivateNetworking_On_ClosesStorageVaultDatabaseAndScheduler()
    {
        var resources = await BicepCompiler.PredictAsync(("privateNetworking", "true"));
        string Subnet(string type, params string[] path) =>
            path.Aggregate(Properties(resources, type), (value, name) => value.GetProperty(name)).GetString()!.Split('/')[^1];

        Assert.Equal("Disabled", Properties(resources, "Microsoft.Storage/storageAccounts").GetProperty("publicNetworkAccess").GetString());
        Assert.Equal("Disabled", Properties(resources, "Microsoft.KeyVault/vaults").GetProperty("publicNetworkAccess").GetString());
        Assert.Equal("Disabled", Properties(resources, "Microsoft.DurableTask/schedulers").GetProperty("publicNetworkAccess").GetString());
        Assert.Equal("database", Subnet("Microsoft.DBforPostgreSQL/flexibleServers", "network", "delegatedSubnetResourceId"));
        Assert.Equal("functions", Subnet("Microsoft.Web/sites", "virtualNetworkSubnetId"));
        Assert.Equal("worker", Subnet("Microsoft.App/managedEnvironments", "vnetConfiguration", "infrastructureSubnetId"));
        Assert.Equal(3, resources.Count(resource => Type(resource) == "Microsoft.Network/privateEndpoints"));
        Assert.DoesNotContain(resources, resource => Type(resource).EndsWith("/firewallRules", StringComparison.Ordinal));
    }

    [BicepFact]
    public async Task WorkerCores_MoreThanTheProfileHas_AreRefused()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => BicepCompiler.PredictAsync(("workerCores", "8")));
        Assert.Contains("workerCores: 8, expected 1 to 4 on the Consumption profile", error.Message, StringComparison.Ordinal);

        var bigger = await BicepCompiler.PredictAsync(("workerCores", "8"), ("workerProfile", "'D8'"));
        Assert.Equal("D8", Properties(bigger, "Microsoft.App/containerApps").GetProperty("workloadProfileName").GetString());
    }

    private static string Type(JsonElement resource) => resource.GetProperty("type").GetString()!;

    private static JsonElement Properties(JsonElement[] resources, string type) =>
        Assert.Single(resources, resource => Type(resource) == type).GetProperty("properties");

    private static string Text(JsonElement resource, string property) =>
        resource.GetProperty("properties").GetProperty(property).GetString()!;

    private static string Who(string principal) =>
        principal.Contains("/id-host-", StringComparison.Ordinal) ? "host"
        : principal.Contains("/id-", StringComparison.Ordinal) ? "services"
        : "administrator";

    /// <summary>Kind of the resource that a role is on.</summary>
    private static string On(JsonElement assignment) => Scope().Match(assignment.GetProperty("id").GetString()!).Groups["kind"].Value switch
    {
        "containers" => "two containers",
        "storageAccounts" => "storage account",
        "schedulers" => "scheduler",
        "vaults" => "vault",
        "components" => "Application Insights",
        "registries" => "registry",
        var other => other,
    };

    [GeneratedRegex(@"^\| (?<role>[^|]+) \| (?<who>[^|]+) \| (?<on>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex GuideRow();

    [GeneratedRegex(@"^(?:\[extensionResourceId\(')?[^']*?/(?<kind>[A-Za-z]+)/[^/']+(?:'|/providers/Microsoft\.Authorization/)")]
    private static partial Regex Scope();
}
