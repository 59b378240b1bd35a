using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Execution;
using Retraining.Local.Engine;

namespace Retraining.Tests.EndToEnd;

/// <summary>A folder in which the whole system runs, in processes that can be killed.</summary>
internal sealed class CrashWorkspace : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crash-");
    /// <summary>Environment of the processes.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal)
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
        ["TwoTower__Engine__Shards"] = "2", // so that every stage has its turn
        ["TwoTower__Gate__Approval"] = "always", // asked for, waited for and, as nobody answers, given
        ["TwoTower__Gate__ApprovalHours"] = "0.0001",
        ["TwoTower__Gate__WithoutAnswer"] = "publish",
        ["TwoTower__Training__SliceMinutes"] = "0.00001", // a slice for each sweep, trial and epoch
        ["TwoTower__Training__FactorSweeps"] = "2",
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
        Variables["DATABASE_URL"] = databaseUrl;
        Variables["TwoTower__Serving__Kind"] = "pgvector";
    }

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Starts a run or goes on with it. Null when the process was killed, otherwise what it printed.</summary>
    public async Task<string?> RunAsync(string runId, string version, string kill)
    {
        using var process = Start(runId, version, kill);
        return await EndAsync(process);
    }

    /// <inheritdoc cref="RunAsync"/>
    public Process Start(string runId, string version, string kill)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CrashProgram).Assembly.Location, runId, version, kill])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in Variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>What a process printed, or null when it was killed.</summary>
    public static async Task<string?> EndAsync(Process process)
    {
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode == CrashProgram.Killed)
            return null;
        Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {output}");
        return output.Trim();
    }

    /// <summary>An engine of this process over the same folder, to look and to steer.</summary>
    public LocalEngine OpenEngine() => new(new EngineServices
    {
        Settings = new EngineSettings { Folder = PathOf(".local/work") },
        Stages = new StageRegistry(),
        Logging = NullLoggerFactory.Instance,
    });

    /// <summary>Every published file with its hash, by path; what an interrupted write left, too.</summary>
    public IReadOnlyDictionary<string, string> Published()
    {
        var store = PathOf(".local/model-artifacts");
        return Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(store, file), file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), StringComparer.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
