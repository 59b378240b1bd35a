using System.Text;
using System.Text.Unicode;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>Tells from a file's beginning whether its text can be read: UTF-8 or UTF-16, with or without a byte order mark.</summary>
internal static class ReviewEncoding
{
    private static readonly string[] Others = ["euc-jp", "shift_jis"];

    /// <param name="head">The beginning of the file.</param>
    /// <param name="name">The file's name, for the message.</param>
    /// <returns>The encoding where neither a byte order mark nor UTF-8 says it; else null.</returns>
    /// <exception cref="PermanentStageException">The text is in another encoding, compressed, or no text.</exception>
    public static Encoding? Of(ReadOnlySpan<byte> head, string name)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
            throw Refused(name, "UTF-32");
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return null;
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            throw Refused(name, "gzip in a file that is not named .gz");
        if (head.StartsWith("PK\x03\x04"u8))
            throw Refused(name, "a ZIP archive or a workbook");
        if (head.Length >= 2 && head[0] == 0 && head[1] != 0)
            return Encoding.BigEndianUnicode;
        if (head.Length >= 2 && head[0] != 0 && head[1] == 0)
            return Encoding.Unicode;
        if (head.IndexOf("\x1B$"u8) >= 0)
            throw Refused(name, "ISO-2022-JP");
        RequireText(head, name);
        return null;
    }

    private static void RequireText(ReadOnlySpan<byte> head, string name)
    {
        // The window may end inside a character or a row; a later row that is no UTF-8 is put aside by itself.
        var end = head.LastIndexOf((byte)'\n');
        var whole = end < 0 ? head : head[..(end + 1)];
        var text = whole.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("<"u8))
            throw new PermanentStageException($"{name}: found HTML or XML, expected CSV with the columns product_url, reviewer_id, stars");
        if (text.StartsWith("{"u8) || text.StartsWith("["u8))
            throw new PermanentStageException($"{name}: found JSON, expected CSV with the columns product_url, reviewer_id, stars");
        if (!Utf8.IsValid(whole) && Guess(whole) is { } other)
            throw Refused(name, other);
        if (whole.Contains((byte)0))
            throw Refused(name, "bytes that are no text");
    }

    /// <summary>The encoding in which every byte has a meaning; null where most rows are UTF-8 and only some are broken.</summary>
    private static string? Guess(ReadOnlySpan<byte> text)
    {
        int valid = 0, broken = 0;
        foreach (var line in text.Split((byte)'\n'))
        {
            var isPlain = !text[line].ContainsAnyExceptInRange((byte)0, (byte)0x7F);
            valid += !isPlain && Utf8.IsValid(text[line]) ? 1 : 0;
            broken += Utf8.IsValid(text[line]) ? 0 : 1;
        }

        foreach (var name in Others)
        {
            if (broken > valid && CanDecode(name, text))
                return name == "euc-jp" ? "EUC-JP" : "Shift_JIS";
        }

        return broken > valid ? "an encoding that is neither UTF-8, UTF-16, EUC-JP nor Shift_JIS (Windows-1252 or Latin-1?)" : null;
    }

    private static bool CanDecode(string name, ReadOnlySpan<byte> text)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;
        try
        {
            encoding.GetCharCount(text);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static PermanentStageException Refused(string name, string found) => new($"{name}: found {found}, expected text in UTF-8 or UTF-16");
}
