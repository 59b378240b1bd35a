using System.Diagnostics;

namespace Retraining.Tests.Publish;

/// <summary>Runs the edge function's client in Node, by the scripts of <c>tests/node</c>; installs what they need from npm on the first call.</summary>
internal static class NodeClient
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary><c>tests/node</c>, its packages installed.</summary>
    public static Task<string> FolderAsync() => Installed.Value;

    /// <returns>The report, one line of JSON.</returns>
    /// <exception cref="InvalidOperationException">The folder is not what a reader expects; the message is the script's.</exception>
    public static Task<string> CheckAsync(string folder) => ScriptAsync("check.mjs", folder);

    /// <summary>Checks the types of <c>samples/edge-function</c>.</summary>
    /// <exception cref="InvalidOperationException">They do not fit, or are more than types; the message is the compiler's.</exception>
    public static async Task CheckTypesAsync() => await RunAsync(await Installed.Value, "npm", "run", "--silent", "types");

    /// <param name="script">A file of <c>tests/node</c>.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message is its own.</exception>
    public static async Task<string> ScriptAsync(string script, params string[] arguments) =>
        await RunAsync(await Installed.Value, "node", ["--import", "./typescript.mjs", script, .. arguments]);

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
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {output.Trim()} {(await errors).Trim()}");
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Functions.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Functions.sln is in no folder above the tests");
        return folder;
    }
}
