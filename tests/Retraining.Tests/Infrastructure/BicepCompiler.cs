using System.Diagnostics;
using System.Text.Json;
using Retraining.Tests.Documentation;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Infrastructure;

/// <summary>The Bicep compiler on <c>infra/main.bicep</c>. Reaches nothing outside: resource types are part of the compiler.</summary>
internal static class BicepCompiler
{
    private const string Subscription = "00000000-0000-0000-0000-000000000002";

    public static readonly string Main = Path.Combine(RepositoryFolder.Path, "infra", "main.bicep");

    /// <returns>What it says, errors and warnings, and its exit code.</returns>
    public static async Task<(int ExitCode, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(LocalServer.Bicep.Address, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" }, // a slim machine has no ICU
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await errors);
    }

    /// <summary>The resources that a deployment with these parameters asks for; what only Azure knows is left as an expression.</summary>
    /// <exception cref="InvalidOperationException">The parameters are refused.</exception>
    public static async Task<JsonElement[]> PredictAsync(params (string Name, string Value)[] parameters)
    {
        var folder = Directory.CreateTempSubdirectory("retrain-bicep-").FullName;
        try
        {
            (string Name, string Value)[] required =
            [
                ("environmentName", "'test'"), ("location", "'japaneast'"), ("administratorId", "'00000000-0000-0000-0000-000000000001'"),
                ("administratorName", "'admin@example.com'"), ("startKey", "'0123456789abcdef'"), ("readKey", "'fedcba9876543210'"),
            ];
            var file = Path.Combine(folder, "main.bicepparam");
            var given = required.Concat(parameters).Select(parameter => $"param {parameter.Name} = {parameter.Value}");
            await File.WriteAllLinesAsync(file, [$"using '{Path.GetRelativePath(folder, Main)}'", .. given]);
            var (exitCode, errors) = await RunAsync(
                "snapshot", file, "--mode", "overwrite", "--subscription-id", Subscription, "--location", "japaneast");
            if (exitCode != 0)
                throw new InvalidOperationException(errors);
            using var snapshot = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "main.snapshot.json")));
            return [.. snapshot.RootElement.GetProperty("predictedResources").EnumerateArray().Select(resource => resource.Clone())];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
