using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Operations;

namespace Retraining.Local.Runs;

/// <summary>
/// An ended run in short, as it is kept beside its journal: a head that lists need, and a body with its request and its result, a line
/// each, for those lists that tell them, too.
/// </summary>
/// <param name="Length">Of the journal when this was written.</param>
/// <param name="Checksum">Of the body.</param>
/// <param name="RequestBytes">Length of the body's first line, without its end.</param>
internal sealed record RunSummary(long Length, uint Checksum, int RequestBytes, RunBrief Brief)
{
    private const byte LineEnd = (byte)'\n';

    /// <param name="run">Has ended.</param>
    /// <param name="length">Of its journal.</param>
    public static (RunSummary Summary, byte[] Body) Of(RunState run, long length)
    {
        var request = JsonSerializer.SerializeToUtf8Bytes(run.Request, RecordJson.Options);
        byte[] body = [.. request, LineEnd, .. JsonSerializer.SerializeToUtf8Bytes(run.Result, RecordJson.Options)];
        return (new RunSummary(length, RecordChecksum.Of(body), request.Length, RunBrief.Of(run)), body);
    }

    public byte[] Head() => JsonSerializer.SerializeToUtf8Bytes(this, RecordJson.Options);

    /// <returns>Null when it is damaged, was written by another build, or the journal has grown since.</returns>
    public static RunSummary? Read(StoredSummary stored)
    {
        try
        {
            using var head = JsonDocument.Parse(stored.Head);
            var root = head.RootElement;
            if (root.GetProperty("length").GetInt64() != stored.Length)
                return null;
            return new RunSummary(
                stored.Length, root.GetProperty("checksum").GetUInt32(), root.GetProperty("requestBytes").GetInt32(),
                BriefJson.Read(root.GetProperty("brief")));
        }
        catch (Exception e) when (
            e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The run with its request and its result; null when the body is damaged or missing.</summary>
    public RunBrief? With(byte[]? body) => body is null || RecordChecksum.Of(body) != Checksum ? null : Brief with
    {
        RequestJson = body.AsMemory(0, RequestBytes),
        ResultJson = body.AsMemory(RequestBytes + 1),
    };
}
