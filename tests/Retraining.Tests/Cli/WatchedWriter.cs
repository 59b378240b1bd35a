namespace Retraining.Tests.Cli;

/// <summary>Hands out the rest of the first line that begins with a text.</summary>
internal sealed class WatchedWriter(string begin) : StringWriter
{
    private readonly TaskCompletionSource<string> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Found => _found.Task;

    public override void WriteLine(string? value)
    {
        if (value?.StartsWith(begin, StringComparison.Ordinal) == true)
            _found.TrySetResult(value[begin.Length..]);
    }

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }
}
