using System.Buffers.Binary;
using System.Text;
using TwoTower.Model;
using TwoTower.Safetensors;

namespace TwoTower.Tests.Safetensors;

public sealed class SafetensorsReaderTests
{
    [Fact]
    public async Task Read_WrittenModel_GivesSameWeights()
    {
        var model = TwoTowerModel.Create(new() { UserInputDim = 700, ItemInputDim = 5, HiddenDim = 131, EmbeddingDim = 4 }, seed: 1);
        using var stream = new MemoryStream();
        await SafetensorsWriter.WriteAsync(stream, [.. model.Tensors], new Dictionary<string, string> { ["version"] = "v" }, default);
        var read = TwoTowerModel.FromTensors(model.Shape, await SafetensorsReader.ReadAsync(stream, default));
        foreach (var (expected, actual) in model.Tensors.Zip(read.Tensors))
            Assert.Equal(expected.Values, actual.Values);
    }

    [Fact]
    public async Task Write_OneTensor_HasTheDocumentedBytes()
    {
        using var stream = new MemoryStream();
        await SafetensorsWriter.WriteAsync(stream, [new NamedTensor("a", [1, 2], [1f, -2f])], new Dictionary<string, string>(), default);
        const string Json = """{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"""; // 56 bytes, a multiple of 8
        Assert.Equal(56, Json.Length);
        byte[] expected = [56, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(Json), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0];
        Assert.Equal(expected, stream.ToArray());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "tensor a: 8 bytes for the shape [3]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,8]}}""", "tensor a: 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", "tensor a: 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "bytes 0 to 16, expected 0 to at most 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "bytes 4 to 8, expected 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "bytes -4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "8 bytes of values, expected 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "described twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "expected 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":"x","data_offsets":[0,8]}}""", "not what the format says")]
    [InlineData("""[1]""", "not what the format says")]
    [InlineData("""{"a":""", "not what the format says")]
    public async Task Read_HostileHeader_IsRefused(string header, string expected)
    {
        using var stream = File(header, valueBytes: 8);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => SafetensorsReader.ReadAsync(stream, default));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OtherType_IsRefusedByName()
    {
        using var stream = File("""{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", valueBytes: 8);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => SafetensorsReader.ReadAsync(stream, default));
        Assert.Equal("safetensors, tensor a: BF16, expected F32", error.Message);
    }

    [Fact]
    public async Task Read_HeaderLongerThanFile_IsRefusedBeforeAllocating()
    {
        using var stream = new MemoryStream([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, (byte)'{']);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => SafetensorsReader.ReadAsync(stream, default));
        Assert.Contains("expected 0 to 1", error.Message, StringComparison.Ordinal);
    }

    private static MemoryStream File(string header, int valueBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + valueBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        return new MemoryStream(file);
    }
}
