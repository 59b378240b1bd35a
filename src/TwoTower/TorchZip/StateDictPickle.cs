using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using TwoTower.Model;

namespace TwoTower.TorchZip;

/// <summary>The pickle (protocol 2) of a dict from name to tensor, where tensor i keeps its values in storage i.</summary>
internal static class StateDictPickle
{
    private const byte Mark = (byte)'(', Tuple = (byte)'t', Reduce = (byte)'R', Global = (byte)'c', BinUnicode = (byte)'X', BinInt = (byte)'J';
    private const byte EmptyDict = (byte)'}', SetItems = (byte)'u', EmptyTuple = (byte)')', BinPersId = (byte)'Q', NewFalse = 0x89, Stop = (byte)'.';

    public static byte[] Of(IReadOnlyList<NamedTensor> tensors)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write<byte>([0x80, 2, EmptyDict, Mark]);
        for (var i = 0; i < tensors.Count; i++)
        {
            Text(output, tensors[i].Name);
            Tensor(output, tensors[i], i);
        }

        output.Write<byte>([SetItems, Stop]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks).</summary>
    private static void Tensor(ArrayBufferWriter<byte> output, NamedTensor tensor, int storage)
    {
        var count = tensor.Shape.Aggregate(1L, (product, size) => checked(product * size));
        if (count != tensor.Values.Length)
            throw new ArgumentException($"tensor {tensor.Name}: {tensor.Values.Length} values, expected {count} for [{string.Join(", ", tensor.Shape)}]");

        Name(output, "torch._utils", "_rebuild_tensor_v2");
        output.Write<byte>([Mark]);
        Storage(output, storage, tensor.Values.Length);
        Number(output, 0);
        Numbers(output, tensor.Shape);
        Numbers(output, Strides(tensor.Shape));
        output.Write<byte>([NewFalse]);
        Name(output, "collections", "OrderedDict");
        output.Write<byte>([EmptyTuple, Reduce, Tuple, Reduce]);
    }

    /// <summary>A persistent id: ('storage', FloatStorage, key, device, count).</summary>
    private static void Storage(ArrayBufferWriter<byte> output, int key, int count)
    {
        output.Write<byte>([Mark]);
        Text(output, "storage");
        Name(output, "torch", "FloatStorage");
        Text(output, $"{key}");
        Text(output, "cpu");
        Number(output, count);
        output.Write<byte>([Tuple, BinPersId]);
    }

    private static int[] Strides(IReadOnlyList<int> shape)
    {
        var strides = new int[shape.Count];
        for (int axis = shape.Count - 1, stride = 1; axis >= 0; stride *= shape[axis--])
            strides[axis] = stride;
        return strides;
    }

    private static void Numbers(ArrayBufferWriter<byte> output, IReadOnlyList<int> values)
    {
        output.Write<byte>([Mark]);
        foreach (var value in values)
            Number(output, value);
        output.Write<byte>([Tuple]);
    }

    private static void Number(ArrayBufferWriter<byte> output, int value)
    {
        var span = output.GetSpan(5);
        span[0] = BinInt;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], value);
        output.Advance(5);
    }

    private static void Text(ArrayBufferWriter<byte> output, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var span = output.GetSpan(5);
        span[0] = BinUnicode;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], bytes.Length);
        output.Advance(5);
        output.Write(bytes);
    }

    private static void Name(ArrayBufferWriter<byte> output, string module, string name)
    {
        output.Write<byte>([Global]);
        output.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }
}
