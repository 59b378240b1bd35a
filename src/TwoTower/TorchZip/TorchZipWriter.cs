using System.Runtime.InteropServices;
using TwoTower.Model;

namespace TwoTower.TorchZip;

/// <summary>Writes float32 tensors as a state dict that <c>torch.load(weights_only=True)</c> reads: PyTorch's zip format.</summary>
/// <remarks>Members: <c>data.pkl</c> (names, shapes), <c>data/0</c> … (values), <c>byteorder</c>, <c>version</c>. The pickle is made of
/// constants and of the three names that rebuild a tensor, so there is nothing to run. The same tensors give the same bytes.</remarks>
public static class TorchZipWriter
{
    private const int Piece = 1 << 18; // values copied at a time

    /// <exception cref="ArgumentException">A tensor's values are not as many as its shape says.</exception>
    public static Task WriteAsync(Stream stream, IReadOnlyList<NamedTensor> tensors, CancellationToken cancellationToken) =>
        WriteAsync(new StoredZip(stream), tensors, cancellationToken);

    internal static async Task WriteAsync(StoredZip zip, IReadOnlyList<NamedTensor> tensors, CancellationToken cancellationToken)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("a big-endian machine, expected a little-endian one");
        await AddAsync("archive/data.pkl", StateDictPickle.Of(tensors));
        await AddAsync("archive/byteorder", "little"u8.ToArray());
        for (var i = 0; i < tensors.Count; i++)
        {
            var values = tensors[i].Values;
            await zip.AddAsync($"archive/data/{i}", () => Pieces(values), cancellationToken);
        }

        await AddAsync("archive/version", "3\n"u8.ToArray());
        await zip.CompleteAsync(cancellationToken);

        Task AddAsync(string name, byte[] content) => zip.AddAsync(name, () => [content], cancellationToken);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(float[] values)
    {
        var piece = new byte[sizeof(float) * Math.Min(Piece, values.Length)];
        for (var start = 0; start < values.Length; start += Piece)
        {
            var count = Math.Min(Piece, values.Length - start);
            MemoryMarshal.AsBytes(values.AsSpan(start, count)).CopyTo(piece);
            yield return piece.AsMemory(0, sizeof(float) * count);
        }
    }
}
