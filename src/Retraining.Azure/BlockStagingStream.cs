using System.Security.Cryptography;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Retraining.Azure;

/// <summary>
/// Uploads what is written in blocks that nobody sees until <see cref="CommitAsync"/>. Without a commit the blocks are dropped by the service,
/// and a blob that was there stays as it was.
/// </summary>
internal sealed class BlockStagingStream(BlockBlobClient blob) : Stream
{
    // A blob has at most 50,000 blocks: 195 GiB with these.
    private const int BlockBytes = 4 << 20;

    private readonly byte[] _block = new byte[BlockBytes];
    private readonly List<string> _ids = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Of this upload alone, so that a second writer's blocks are never taken for ours.
    private readonly string _upload = Guid.NewGuid().ToString("N");
    private int _filled;
    private long _length;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>Makes the file visible, whole.</summary>
    /// <returns>Lower-case hex of its SHA-256.</returns>
    public async Task<string> CommitAsync(BlobHttpHeaders headers, CancellationToken cancellationToken)
    {
        if (_filled > 0)
            await StageAsync(cancellationToken);
        var sha256 = Convert.ToHexStringLower(_hash.GetHashAndReset());
        var options = new CommitBlockListOptions { HttpHeaders = headers, Metadata = new Dictionary<string, string> { ["sha256"] = sha256 } };
        await blob.CommitBlockListAsync(_ids, options, cancellationToken);
        return sha256;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[Take(buffer.Span)..];
            if (_filled == BlockBytes)
                await StageAsync(cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[Take(buffer)..];
            if (_filled == BlockBytes)
                blob.StageBlock(NextId(), Block(), BlockOptions());
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }

    private int Take(ReadOnlySpan<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, BlockBytes - _filled);
        buffer[..taken].CopyTo(_block.AsSpan(_filled));
        _hash.AppendData(buffer[..taken]);
        _filled += taken;
        _length += taken;
        return taken;
    }

    private async Task StageAsync(CancellationToken cancellationToken) =>
        await blob.StageBlockAsync(NextId(), Block(), BlockOptions(), cancellationToken);

    private MemoryStream Block()
    {
        var content = new MemoryStream(_block, 0, _filled, writable: false);
        _filled = 0;
        return content;
    }

    // The service refuses a block that arrives with another MD5.
    private static BlockBlobStageBlockOptions BlockOptions() => new()
    {
        TransferValidation = new() { ChecksumAlgorithm = global::Azure.Storage.StorageChecksumAlgorithm.MD5 },
    };

    private string NextId()
    {
        var id = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"{_upload}{_ids.Count:D6}"));
        _ids.Add(id);
        return id;
    }
}
