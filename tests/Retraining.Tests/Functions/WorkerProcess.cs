using System.Diagnostics;
using System.Text.Json;

namespace Retraining.Tests.Functions;

/// <summary>The app's worker, started as <c>worker.config.json</c> and the host's protocol say.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All that it wrote.</summary>
    public string Text
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <param name="folder">The built app.</param>
    /// <param name="host">Where the host takes the worker's stream.</param>
    /// <param name="variables">App settings.</param>
    public static WorkerProcess Start(string folder, Uri host, IReadOnlyDictionary<string, string> variables)
    {
        var configuration = File.ReadAllText(Path.Combine(folder, "worker.config.json"));
        var description = JsonDocument.Parse(configuration).RootElement.GetProperty("description");
        var id = Guid.NewGuid().ToString();
        var start = new ProcessStartInfo(
            description.GetProperty("defaultExecutablePath").GetString()!,
            [
                Path.Combine(folder, description.GetProperty("defaultWorkerPath").GetString()!),
                "--host", host.Host, "--port", $"{host.Port}", "--workerId", id, "--requestId", "start",
                "--grpcMaxMessageLength", "2147483647", "--functions-uri", host.AbsoluteUri, "--functions-worker-id", id,
                "--functions-request-id", "start", "--functions-grpc-max-message-length", "2147483647",
            ])
        { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        return new WorkerProcess(Process.Start(start)!);
    }

    public Task EndAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Gives it some time to end by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token).ContinueWith(_ => _process.Kill(), TaskScheduler.Default);
        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_lines)
            _lines.Add(line.Data ?? "");
    }
}
