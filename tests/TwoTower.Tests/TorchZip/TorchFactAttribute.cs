using System.ComponentModel;
using System.Diagnostics;

namespace TwoTower.Tests.TorchZip;

/// <summary>A test against PyTorch (Debian's <c>python3-torch</c>); skipped where there is none.</summary>
internal sealed class TorchFactAttribute : FactAttribute
{
    private const string Python = "/usr/bin/python3";
    private static readonly Lazy<bool> HasTorch = new(() => File.Exists(Python) && TryRun("import torch", [], out _));

    public TorchFactAttribute()
    {
        if (!HasTorch.Value)
            Skip = $"{Python} has no torch; on Debian: apt install python3-torch";
    }

    /// <returns>What the script printed, trimmed.</returns>
    public static string Run(string script, params string[] arguments) =>
        TryRun(script, arguments, out var output) ? output : throw new InvalidOperationException(output);

    private static bool TryRun(string script, string[] arguments, out string output)
    {
        var start = new ProcessStartInfo(Python, ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode != 0)
                output = errors.Result;
            return process.ExitCode == 0;
        }
        catch (Win32Exception error)
        {
            output = error.Message;
            return false;
        }
    }
}
