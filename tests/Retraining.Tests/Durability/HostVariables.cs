using Npgsql;
using Retraining.Tests.Cli;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Durability;

/// <summary>The environment of a process that retrains on generated files and serves from a database.</summary>
internal static class HostVariables
{
    public static async Task<Dictionary<string, string>> CreateAsync(CliFixture cli, PostgresFixture postgres)
    {
        var connection = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DATABASE_URL"] = $"postgresql://{connection.Username}:{connection.Password}@{connection.Host}:{connection.Port}/{connection.Database}",
            ["TwoTower__Serving__Kind"] = "pgvector",
            ["TwoTower__Source__Kind"] = "files",
            ["TwoTower__Source__Folder"] = await cli.SampleAsync(),
        };
        foreach (var (name, value) in cli.Variables)
            variables.TryAdd(name, value!);
        return variables;
    }

    /// <summary>The same with working files and versions in blobs, so that processes share nothing else.</summary>
    /// <param name="suffix">Of the containers' names: Azurite keeps what earlier rounds left.</param>
    public static async Task<Dictionary<string, string>> InBlobsAsync(CliFixture cli, PostgresFixture postgres, string suffix) =>
        new(await CreateAsync(cli, postgres), StringComparer.Ordinal)
        {
            ["AZURE_STORAGE_CONNECTION_STRING"] = LocalServer.Azurite.Address,
            ["TwoTower__Engine__Store"] = "azure-blob",
            ["TwoTower__Engine__Container"] = $"work-{suffix}",
            ["TwoTower__Publish__Kind"] = "azure-blob",
            ["TwoTower__Publish__Container"] = $"models-{suffix}",
        };
}
