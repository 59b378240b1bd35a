using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Retraining.Execution;

namespace Retraining.TorchSharp;

/// <summary>The native library. It is asked for before TorchSharp does, which would search and copy for long and say little.</summary>
internal static partial class LibTorch
{
    private const string Name = "LibTorchSharp";

    private static readonly Lazy<string?> Found = new(Find);

    /// <summary>Why it cannot be loaded here, and what would help; null when it is loaded.</summary>
    public static string? Fault => Found.Value;

    /// <exception cref="PermanentStageException">It cannot be loaded here.</exception>
    public static void Require()
    {
        if (Fault is { } fault)
            throw new PermanentStageException($"training.trainer: torch, but {fault}");
    }

    /// <summary>What a loader's message comes to.</summary>
    internal static string Explain(string message) => MissingVersion().Match(message) is { Success: true } missing
        ? $"libtorch does not load: this machine's {missing.Groups[1].Value} has no {missing.Groups[2].Value}, "
            + "expected that of Debian 13, Ubuntu 24.04 or newer"
        : "libtorch does not load, expected its package beside TorchSharp (build with -p:TorchBundle=…): " + message.ReplaceLineEndings(" ");

    private static string? Find()
    {
        try
        {
            NativeLibrary.Load(Name, typeof(global::TorchSharp.torch).Assembly, null);
            return null;
        }
        catch (Exception fault) when (fault is DllNotFoundException or BadImageFormatException)
        {
            return Explain(fault.Message);
        }
    }

    [GeneratedRegex(@"([a-z+]+\.so\.\d+): version `([A-Za-z0-9_.]+)' not found")]
    private static partial Regex MissingVersion();
}
