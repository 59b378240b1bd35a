using System.Buffers;
using System.IO.Compression;

namespace TwoTower.Parquet;

/// <summary>Compresses and decompresses page bodies.</summary>
internal static class PageCodec
{
    private static readonly string[] Names = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"];

    public static string NameOf(int codec) => (uint)codec < (uint)Names.Length ? Names[codec] : $"codec {codec}";

    /// <param name="compression">Of all pages of a file.</param>
    /// <param name="body">A page's.</param>
    /// <param name="buffer">Written from its beginning where it is needed.</param>
    /// <returns>The compressed body; valid until one of the two is written again.</returns>
    public static ReadOnlyMemory<byte> Compress(ParquetCompression compression, ReadOnlyMemory<byte> body, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        switch (compression)
        {
            case ParquetCompression.None:
                return body;
            case ParquetCompression.Snappy:
                SnappyEncoder.Compress(body.Span, buffer);
                return buffer.WrittenMemory;
            default:
                var compressed = new MemoryStream(body.Length / 2);
                using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
                    gzip.Write(body.Span);
                return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
        }
    }

    /// <param name="length">Of the body when decompressed.</param>
    /// <exception cref="InvalidDataException">The body is broken or of another length.</exception>
    /// <exception cref="ParquetCodingException">Another codec.</exception>
    public static byte[] Decompress(int codec, ReadOnlySpan<byte> body, int length, string where)
    {
        var output = new byte[length];
        switch (codec)
        {
            case 0 when body.Length == length:
                body.CopyTo(output);
                break;
            case 0:
                throw new InvalidDataException($"{where}: {body.Length} bytes uncompressed, expected {length}");
            case 1:
                Snappy.Decompress(body, output, where);
                break;
            case 2:
                Inflate(new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress), output, where);
                break;
            case 4:
                Inflate(new BrotliStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress), output, where);
                break;
            default:
                throw new ParquetCodingException($"{where}: compressed with {NameOf(codec)}, expected UNCOMPRESSED, SNAPPY, GZIP or BROTLI");
        }

        return output;
    }

    private static void Inflate(Stream stream, byte[] output, string where)
    {
        using (stream)
        {
            var read = stream.ReadAtLeast(output, output.Length, throwOnEndOfStream: false);
            if (read < output.Length || stream.ReadByte() >= 0)
                throw new InvalidDataException($"{where}: {(read < output.Length ? read : "more")} bytes decompressed, expected {output.Length}");
        }
    }
}
