using System.Collections.Concurrent;
using System.Diagnostics;
using Retraining.Tests.Host;

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

    /// <summary>SIGTERM: it ends in good order.</summary>
    public void Stop() => Process.Start("kill", ["-TERM", $"{Id}"]).WaitForExit();

    /// <summary>For <c>serve</c>: waits until it listens.</summary>
    /// <returns>Speaks to it with the start key of <see cref="HostFixture"/>.</returns>
    public async Task<HttpClient> ClientAsync()
    {
        const string Listening = "Listening on ";
        for (var waited = 0; ; waited++)
        {
            if (_lines.FirstOrDefault(line => line.StartsWith(Listening, StringComparison.Ordinal)) is { } line)
            {
                var client = new HttpClient { BaseAddress = new Uri(line[Listening.Length..]) };
                client.DefaultRequestHeaders.Add("x-functions-key", HostFixture.StartKey);
                return client;
            }

            if (HasExited || waited > 600)
                throw new InvalidOperationException($"it does not listen:\n{Text}");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
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
