using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;

namespace Retraining.Local.Journal;

/// <summary>Reads a whole journal, also one that another process is writing.</summary>
internal static class JournalReader
{
    /// <exception cref="JournalUnreadableException">There is damage before an intact record.</exception>
    public static JournalText Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Parse(path, bytes.AsSpan(0, length));
    }

    private static JournalText Parse(string path, ReadOnlySpan<byte> bytes)
    {
        var records = new List<JournalRecord>();
        var offset = 0;
        while (offset < bytes.Length)
        {
            var length = JournalFrame.IntactPayload(bytes[offset..]);
            if (length == 0)
            {
                RequireNothingIntactAfter(path, bytes, offset);
                break;
            }

            records.Add(ParseRecord(path, bytes.Slice(offset + JournalFrame.HeaderSize, length), offset, records.Count));
            offset += JournalFrame.HeaderSize + length;
        }

        return new JournalText(records, offset, bytes.Length - offset);
    }

    /// <summary>An interrupted write damages the end only. Damage with an intact record behind it is something else.</summary>
    private static void RequireNothingIntactAfter(string path, ReadOnlySpan<byte> bytes, int damage)
    {
        for (var offset = damage + 1; offset + JournalFrame.HeaderSize < bytes.Length; offset++)
        {
            if (bytes[offset + JournalFrame.HeaderSize] == '{' && JournalFrame.IntactPayload(bytes[offset..]) > 0)
                throw new JournalUnreadableException(path, damage, "a damaged record");
        }
    }

    private static JournalRecord ParseRecord(string path, ReadOnlySpan<byte> payload, int offset, int sequence)
    {
        JournalRecord? record;
        try
        {
            record = JsonSerializer.Deserialize<JournalRecord>(payload, RecordJson.Options);
        }
        catch (JsonException e)
        {
            throw new JournalUnreadableException(path, offset, $"a record that is not JSON ({e.Message})");
        }

        if (record?.Sequence != sequence)
            throw new JournalUnreadableException(path, offset, $"record {record?.Sequence} where record {sequence} belongs");
        return record;
    }
}
