using System.Diagnostics;

namespace Retraining.Tests.Publish;

/// <summary>A test of <c>samples/python</c>; skipped, with the reason, where Python lacks a module that it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute : FactAttribute
{
    /// <summary>Debian's own Python has Debian's modules; another one may come first on the path.</summary>
    public static string Python { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    /// <param name="modules">What is imported.</param>
    public PythonFactAttribute(params string[] modules)
    {
        if (modules.FirstOrDefault(module => !Has(module)) is { } missing)
            Skip = $"{Python} has no {missing} (Debian: apt-get install python3-{missing})";
    }

    private static bool Has(string module)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", $"import {module}"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
