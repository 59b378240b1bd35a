using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Operations;

namespace Retraining.Local.Runs;

/// <summary>
/// An ended run in short, as it is kept beside its journal: a line of what lists need, then its request and its result, a line each, which are read
/// only when somebody looks at them.
/// </summary>
internal static class RunSummary
{
    private const byte LineEnd = (byte)'\n';

    /// <param name="run">Has ended.</param>
    /// <param name="length">Of its journal.</param>
    public static byte[] Write(RunState run, long length)
    {
        var request = JsonSerializer.SerializeToUtf8Bytes(run.Request, RecordJson.Options);
        byte[] parts = [.. request, LineEnd, .. JsonSerializer.SerializeToUtf8Bytes(run.Result, RecordJson.Options)];
        var head = new Head(length, RecordChecksum.Of(parts), request.Length, run.RunId, run.Status, run.CreatedAt, run.UpdatedAt, run.Error);
        return [.. JsonSerializer.SerializeToUtf8Bytes(head, RecordJson.Options), LineEnd, .. parts];
    }

    /// <returns>Null when it is damaged, or the journal has grown since.</returns>
    /// <param name="stages">Reads the run's stages.</param>
    public static RunState? Read(StoredSummary stored, Func<IReadOnlyList<StageState>> stages)
    {
        var content = stored.Content.AsMemory();
        var end = content.Span.IndexOf(LineEnd);
        if (end < 0 || ReadHead(content.Span[..end]) is not { } head)
            return null;
        var parts = content[(end + 1)..];
        if (head.Length != stored.Length || head.Checksum != RecordChecksum.Of(parts.Span))
            return null;

        return new RunState(
            head.RunId, head.Status, head.CreatedAt, head.UpdatedAt,
            () => JsonSerializer.Deserialize<RetrainingRequest>(parts.Span[..head.RequestBytes], RecordJson.Options)!,
            () => JsonSerializer.Deserialize<RetrainingResult>(parts.Span[(head.RequestBytes + 1)..], RecordJson.Options),
            stages)
        {
            Error = head.Error,
        };
    }

    private static Head? ReadHead(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<Head>(json, RecordJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="Length">Of the journal when this was written.</param>
    /// <param name="Checksum">Of all that follows the head.</param>
    /// <param name="RequestBytes">Length of the request's line, without its end.</param>
    private sealed record Head(
        long Length, uint Checksum, int RequestBytes, string RunId, RunStatus Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Error);
}
