using System.Runtime.InteropServices;
using TwoTower.Model;

namespace TwoTower.TorchZip;

/// <summary>Writes float32 tensors as a state dict that <c>torch.load(weights_only=True)</c> reads: PyTorch's zip format.</summary>
/// <remarks>Members: <c>data.pkl</c> (names, shapes), <c>data/0</c> … (values), <c>byteorder</c>, <c>version</c>. The pickle is made of
/// constants and of the three names that rebuild a tensor, so there is nothing to run. The same tensors give the same bytes.</remarks>
public static class TorchZipWriter
{
    /// <exception cref="ArgumentException">A tensor's values are not as many as its shape says, or the file would be 4 GiB or more.</exception>
    public static async Task WriteAsync(Stream stream, IReadOnlyList<NamedTensor> tensors, CancellationToken cancellationToken)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("a big-endian machine, expected a little-endian one");
        var zip = new StoredZip(stream);
        await zip.AddAsync("archive/data.pkl", StateDictPickle.Of(tensors), cancellationToken);
        await zip.AddAsync("archive/byteorder", "little"u8.ToArray(), cancellationToken);
        for (var i = 0; i < tensors.Count; i++)
            await zip.AddAsync($"archive/data/{i}", MemoryMarshal.AsBytes(tensors[i].Values.AsSpan()).ToArray(), cancellationToken);
        await zip.AddAsync("archive/version", "3\n"u8.ToArray(), cancellationToken);
        await zip.CompleteAsync(cancellationToken);
    }
}
