using System.Security.Cryptography;
using Retraining.Tests.Cli;
using Retraining.Tests.Durability;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Azure;

/// <summary>
/// A machine with a managed identity and nothing else: no key, no signature. <c>retrain</c> runs as a process of its own, fetches tokens where
/// Azure offers them and keeps its files in and publishes to a blob account that takes only those.
/// </summary>
public sealed class BlobIdentityTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [AzuriteFact]
    public async Task Run_ByManagedIdentity_KeepsAndPublishesItsFilesInBlobs()
    {
        await using var azurite = await SecureAzurite.StartAsync(Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)));
        await using var identity = await IdentityEndpoint.StartAsync();
        var data = await _cli.SampleAsync();

        var (code, text) = await RetrainAsync(azurite, identity, "run", "--data", data, "--set", "gate.min_over_popularity=0");
        var (verified, report) = await RetrainAsync(azurite, identity, "verify");
        identity.Life = TimeSpan.FromMinutes(-10);
        var (refused, message) = await RetrainAsync(azurite, identity, "verify");

        Assert.True(code == 0, text);
        Assert.Contains($"{azurite.Address}/model-artifacts/two-tower/v3/", text, StringComparison.Ordinal);
        Assert.True(verified == 0, report);
        Assert.Contains("as published", report, StringComparison.Ordinal);
        Assert.All(identity.Resources, resource => Assert.Equal("https://storage.azure.com", resource.TrimEnd('/')));
        Assert.Equal(1, refused);
        Assert.Contains("refused with 403", message, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Text)> RetrainAsync(SecureAzurite azurite, IdentityEndpoint identity, params string[] arguments)
    {
        var variables = _cli.Variables.ToDictionary(variable => variable.Key, variable => variable.Value!, StringComparer.Ordinal);
        foreach (var (name, value) in azurite.Variables.Concat(identity.Variables))
            variables[name] = value;
        variables["AZURE_STORAGE_BLOB_URL"] = azurite.Address;
        variables["AZURE_STORAGE_CONNECTION_STRING"] = "";
        variables["TwoTower__Publish__Kind"] = variables["TwoTower__Engine__Store"] = "azure-blob";
        using var process = RetrainProcess.Start(variables, arguments);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5)); // a hang, not a slow machine
        return (await process.WaitAsync(limit.Token), process.Text);
    }
}
