using System.Collections.Concurrent;
using System.Diagnostics;

namespace Retraining.Tests.Durability;

/// <summary><c>retrain</c> as a process of its own, so that it can be killed.</summary>
internal sealed class RetrainProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private RetrainProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it wrote, for messages of failed tests.</summary>
    public string Text => string.Join('\n', _lines);

    public static RetrainProcess Start(IReadOnlyDictionary<string, string> variables, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "retrain.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return new RetrainProcess(Process.Start(start)!);
    }

    /// <summary>SIGKILL: nothing in the process gets to run any more.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <returns>The exit code.</returns>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }
}
