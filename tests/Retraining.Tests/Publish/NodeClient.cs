using System.Diagnostics;

namespace Retraining.Tests.Publish;

/// <summary>Runs <c>tests/node/check.mjs</c>; installs what it needs from npm on the first call.</summary>
internal static class NodeClient
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <returns>The report, one line of JSON.</returns>
    /// <exception cref="InvalidOperationException">The folder is not what a reader expects; the message is the script's.</exception>
    public static async Task<string> CheckAsync(string folder) => await RunAsync(await Installed.Value, "node", "check.mjs", folder);

    private static async Task<string> InstallAsync()
    {
        var home = Path.Combine(RepositoryRoot(), "tests", "node");
        var stamp = Path.Combine(home, "node_modules", ".package-lock.json");
        var isFresh = File.Exists(stamp) && File.GetLastWriteTimeUtc(stamp) >= File.GetLastWriteTimeUtc(Path.Combine(home, "package-lock.json"));
        if (!isFresh)
            await RunAsync(home, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
        return home;
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments[0]}: {(await errors).Trim()}");
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Functions.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Functions.sln is in no folder above the tests");
        return folder;
    }
}
