using System.Diagnostics;
using System.Security.Cryptography;

namespace Retraining.Tests.EndToEnd;

/// <summary>A folder in which the whole system runs, in processes that can be killed.</summary>
internal sealed class CrashWorkspace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crash-");
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal)
    {
        ["TwoTower__Source__Folder"] = "sample",
        ["TwoTower__Serving__Kind"] = "file",
        ["TwoTower__Training__Epochs"] = "3",
        ["TwoTower__Training__Patience"] = "3",
        ["TwoTower__Training__Threads"] = "1",
        ["TwoTower__Evaluation__Resamples"] = "100",
        ["TwoTower__Gate__MinOverPopularity"] = "0",
        ["TwoTower__Gate__AbsoluteFloor"] = "0",
        ["TwoTower__Gate__MaxLoss"] = "1",
    };

    /// <param name="sample">Folder with the service's data; copied.</param>
    /// <param name="databaseUrl">Serves from there; null serves from files.</param>
    public CrashWorkspace(string sample, string? databaseUrl = null)
    {
        Directory.CreateDirectory(PathOf("sample"));
        foreach (var file in Directory.EnumerateFiles(sample))
            File.Copy(file, Path.Combine(PathOf("sample"), Path.GetFileName(file)));
        if (databaseUrl is null)
            return;
        _variables["DATABASE_URL"] = databaseUrl;
        _variables["TwoTower__Serving__Kind"] = "pgvector";
    }

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Starts a run or goes on with it. Null when the process was killed, otherwise what it printed.</summary>
    public async Task<string?> RunAsync(string runId, string version, string kill)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CrashProgram).Assembly.Location, runId, version, kill])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _variables)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode == CrashProgram.Killed)
            return null;
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {await output}{await error}");
        return (await output).Trim();
    }

    /// <summary>Every published file with its hash, by path; what an interrupted write left, too.</summary>
    public IReadOnlyDictionary<string, string> Published()
    {
        var store = PathOf(".local/model-artifacts");
        return Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(store, file), file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), StringComparer.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
