using System.Diagnostics;

namespace Retraining.Tests.Servers;

/// <summary>Address of a real server for integration tests: from the environment, else started by a script under <c>eng/</c>.</summary>
internal sealed class LocalServer(string variable, string script)
{
    public static readonly LocalServer Postgres = new("RETRAIN_TEST_PG", "eng/postgres");
    public static readonly LocalServer Azurite = new("RETRAIN_TEST_AZURITE", "eng/azurite");

    /// <summary>No server, but found in the same way: its address is the path of the program.</summary>
    public static readonly LocalServer Chromium = new("RETRAIN_TEST_CHROMIUM", "eng/chromium");

    /// <inheritdoc cref="Chromium"/>
    public static readonly LocalServer Bicep = new("RETRAIN_TEST_BICEP", "eng/bicep");

    /// <summary>The folder of the packages: Deno, and a native ONNX Runtime for it.</summary>
    public static readonly LocalServer Deno = new("RETRAIN_TEST_DENO", "eng/deno");

    private readonly Lazy<(string? Address, string? Reason)> _start = new(() => Find(variable, script));

    /// <summary>Why there is none; null when there is one.</summary>
    public string? Reason => _start.Value.Reason;

    public string Address => _start.Value.Address ?? throw new InvalidOperationException(Reason);

    /// <summary>Why it cannot be ended and started again; null when it can, because it is this clone's own.</summary>
    public string? ReasonNotToRestart => Reason
        ?? (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } ? $"{variable} names a server that is not this clone's own" : null);

    /// <summary>Ends it at once and starts it again at its address. Only for tests that run alone (<see cref="RestartCollection"/>).</summary>
    public void Restart()
    {
        using var process = Run(script, "restart");
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{script} restart: {errors}");
    }

    private static Process Run(string script, string verb) => Process.Start(new ProcessStartInfo("bash", [script, verb])
    {
        WorkingDirectory = RepositoryRoot(),
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static (string? Address, string? Reason) Find(string variable, string script)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } address)
            return (address, null);

        using var process = Run(script, "start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? (output, null) : (null, $"{script} start: {errors.Result.Trim()}");
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Functions.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Functions.sln is in no folder above the tests");
        return folder;
    }
}
