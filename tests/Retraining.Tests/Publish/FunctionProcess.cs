using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Retraining.Tests.Documentation;
using Retraining.Tests.Servers;
using Retraining.Tests.Supabase;

namespace Retraining.Tests.Publish;

/// <summary>A process that serves edge functions over HTTP: Deno with one function's own <c>index.ts</c>, or Node with both.</summary>
internal sealed class FunctionProcess : IAsyncDisposable
{
    private const string Listening = "Listening on ";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Channel<string> _unread = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FunctionProcess(ProcessStartInfo start, ProjectGateway project, IEnumerable<KeyValuePair<string, string>> variables)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["SUPABASE_URL"] = project.Address;
        start.Environment["SUPABASE_SERVICE_ROLE_KEY"] = RestServer.Key;
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it wrote.</summary>
    public string Text => string.Join('\n', _lines);

    /// <summary>Ends with a slash; Deno answers under every path, Node under the name of a function.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Waits for a line with this text, and skips those before it.</summary>
    public async Task<string> LogLineAsync(string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        for (; ; )
        {
            var line = await _unread.Reader.ReadAsync(limit.Token);
            if (line.Contains(text, StringComparison.Ordinal))
                return line;
        }
    }

    public static async Task<FunctionProcess> NodeAsync(ProjectGateway project, params KeyValuePair<string, string>[] variables)
    {
        var folder = await NodeClient.FolderAsync();
        var start = new ProcessStartInfo("node", ["--import", "./typescript.mjs", "functions.mjs"]) { WorkingDirectory = folder };
        return await new FunctionProcess(start, project, variables).ListenAsync();
    }

    /// <summary>With a native ONNX Runtime where Supabase's runtime has its own.</summary>
    /// <param name="function">Folder of <c>samples/edge-function</c>.</param>
    public static async Task<FunctionProcess> DenoAsync(
        ProjectGateway project, string function, params KeyValuePair<string, string>[] more)
    {
        var native = Path.Combine(LocalServer.Deno.Address, "onnxruntime-node");
        var start = Deno(
            await NodeClient.FolderAsync(), "run", "--no-check", "--allow-all", "--preload", "native.mjs", "--config", "deno.json",
            Path.Combine(RepositoryFolder.Path, "samples", "edge-function", function, "index.ts"));
        KeyValuePair<string, string>[] variables = [new("DENO_SERVE_ADDRESS", "tcp:127.0.0.1:0"), new("NATIVE_RUNTIME", native), .. more];
        return await new FunctionProcess(start, project, variables).ListenAsync();
    }

    /// <summary>Deno as it was installed from npm, with what it keeps beside it.</summary>
    public static ProcessStartInfo Deno(string folder, params string[] arguments)
    {
        var program = Directory.EnumerateFiles(Path.Combine(LocalServer.Deno.Address, "@deno"), "deno", SearchOption.AllDirectories).Single();
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        start.Environment["DENO_DIR"] = Path.Combine(LocalServer.Deno.Address, "..", "cache");
        start.Environment["DENO_NO_UPDATE_CHECK"] = "1";
        return start;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<FunctionProcess> ListenAsync()
    {
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_address.Task, ended) == ended)
            throw new InvalidOperationException($"{_process.StartInfo.FileName} ended: {Text}");
        Address = await _address.Task;
        return this;
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        _lines.Enqueue(line);
        _unread.Writer.TryWrite(line);
        if (line.StartsWith(Listening, StringComparison.Ordinal))
            _address.TrySetResult(new Uri(line[Listening.Length..].Split(' ')[0]));
    }
}
