namespace Retraining.Local.Runs;

/// <summary>A summary in a file: its head, which is one line, then its body. A list reads no more than the head of each.</summary>
internal static class SummaryFile
{
    private const byte LineEnd = (byte)'\n';
    private const int MostHeads = 4096;

    public static byte[] Of(byte[] head, byte[] body) => [.. head, LineEnd, .. body];

    /// <summary>Null when there is none.</summary>
    public static byte[]? ReadHead(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var begin = new byte[MostHeads];
            var length = RandomAccess.Read(file, begin, fileOffset: 0);
            var end = begin.AsSpan(0, length).IndexOf(LineEnd);
            return end >= 0 ? begin[..end] : HeadOf(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null when there is none.</summary>
    public static byte[]? ReadBody(string path)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            var end = content.AsSpan().IndexOf(LineEnd);
            return end < 0 ? null : content[(end + 1)..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[]? HeadOf(byte[] content) => content.AsSpan().IndexOf(LineEnd) is >= 0 and var end ? content[..end] : null;
}
