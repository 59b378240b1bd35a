using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using TwoTower.Model;
using TwoTower.TorchZip;

namespace TwoTower.Tests.TorchZip;

public sealed class TorchZipWriterTests
{
    private static readonly NamedTensor[] Tensors = [new("user.w1", [2, 3], [1, 2, 3, 4, 5, -6.5f]), new("user.b1", [3], [0, 0.1f, -0.2f])];

    [Fact]
    public async Task Write_TwoTensors_IsAWholeZipWithValuesOnBorders()
    {
        var bytes = await WriteAsync();
        using var zip = new ZipArchive(new MemoryStream(bytes)); // checks directory and checksums
        Assert.Equal(
            ["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/data/1", "archive/version"], zip.Entries.Select(entry => entry.FullName));
        Assert.Equal(Tensors[0].Values.SelectMany(BitConverter.GetBytes), Content(zip, "archive/data/0"));
        Assert.Equal(Tensors[1].Values.SelectMany(BitConverter.GetBytes), Content(zip, "archive/data/1"));
        Assert.Equal(0, bytes.AsSpan().IndexOf(Content(zip, "archive/data/0")) % 64);
        Assert.Equal("3\n", Encoding.ASCII.GetString(Content(zip, "archive/version")));
        Assert.Equal(bytes, await WriteAsync());
    }

    [Fact]
    public void Of_OneTensor_HasTheDocumentedOpcodes()
    {
        var pickle = StateDictPickle.Of([new("b", [3], [0, 0, 0])]);
        byte[] expected =
        [
            0x80, 2, .. "}("u8, // protocol 2, a dict, its items
            .. "X\u0001\0\0\0b"u8, .. "ctorch._utils\n_rebuild_tensor_v2\n("u8,
            .. "(X\a\0\0\0storagectorch\nFloatStorage\nX\u0001\0\0\00X\u0003\0\0\0cpuJ\u0003\0\0\0tQ"u8, // storage 0, 3 values
            .. "J\0\0\0\0(J\u0003\0\0\0t(J\u0001\0\0\0t"u8, // offset 0, shape (3,), strides (1,)
            0x89, .. "ccollections\nOrderedDict\n)RtRu."u8,
        ];
        Assert.Equal(Encoding.Latin1.GetString(expected), Encoding.Latin1.GetString(pickle));
    }

    [Fact]
    public async Task Write_ShapeOfAnotherSize_IsRefused() => await Assert.ThrowsAsync<ArgumentException>(
        () => TorchZipWriter.WriteAsync(new MemoryStream(), [new("a", [2], [1])], default));

    [Theory]
    [InlineData(0)] // every size and offset is wide
    [InlineData(12)] // the content of three floats and more, offsets but for the first
    [InlineData(700)] // offsets of the last members
    public async Task Write_BeyondTheLimit_IsAWholeZip64(long limit)
    {
        var bytes = await WriteAsync(limit);
        using var zip = new ZipArchive(new MemoryStream(bytes));
        Assert.Equal(5, zip.Entries.Count);
        Assert.Equal(Tensors[0].Values.SelectMany(BitConverter.GetBytes), Content(zip, "archive/data/0"));
        Assert.Equal(Tensors[1].Values.SelectMany(BitConverter.GetBytes), Content(zip, "archive/data/1"));
        Assert.Equal("3\n", Encoding.ASCII.GetString(Content(zip, "archive/version")));
        Assert.Equal(0, bytes.AsSpan().IndexOf(Content(zip, "archive/data/0")) % 64);
        Assert.True(bytes.AsSpan().IndexOf("PK\u0006\u0006"u8) > 0, "no end record of zip64");
    }

    [Fact]
    public async Task Write_TensorOfManyPieces_KeepsEveryValue()
    {
        float[] values = [.. Enumerable.Range(0, 600_000).Select(k => (float)k)];
        using var stream = new MemoryStream();
        await TorchZipWriter.WriteAsync(stream, [new("a", [values.Length], values)], default);
        using var zip = new ZipArchive(stream);
        Assert.Equal(values, MemoryMarshal.Cast<byte, float>(Content(zip, "archive/data/0")).ToArray());
    }

    [TorchFact]
    public async Task Write_LoadedByPyTorch_GivesTheTensors()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, await WriteAsync());
            const string Script =
                "import sys, torch; s = torch.load(sys.argv[1], weights_only=True); print([(k, v.dtype, tuple(v.shape), v.flatten().tolist()[-2:]) for k, v in s.items()])";
            Assert.Equal(
                "[('user.w1', torch.float32, (2, 3), [5.0, -6.5]), ('user.b1', torch.float32, (3,), [0.10000000149011612, -0.20000000298023224])]",
                TorchFactAttribute.Run(Script, path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<byte[]> WriteAsync(long limit = uint.MaxValue)
    {
        using var stream = new MemoryStream();
        await TorchZipWriter.WriteAsync(new StoredZip(stream) { Limit = limit }, Tensors, default);
        return stream.ToArray();
    }

    private static byte[] Content(ZipArchive zip, string name)
    {
        using var content = new MemoryStream();
        using var entry = zip.GetEntry(name)!.Open();
        entry.CopyTo(content);
        return content.ToArray();
    }
}
