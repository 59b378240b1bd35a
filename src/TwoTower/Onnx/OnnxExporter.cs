using System.Runtime.InteropServices;
using Google.Protobuf;
using TwoTower.Model;
using TwoTower.Onnx.Messages;

namespace TwoTower.Onnx;

/// <summary>Writes towers as an ONNX model: opset 17, IR version 8, float32, weights in the file, L2 norm in the graph.</summary>
/// <remarks>The graph is that of <see cref="TowerShape"/>: Gemm, Relu, Gemm, MatMul and Add for the linear part, then Div by
/// Max(ReduceL2, 1e-12). The same weights and metadata give the same bytes.</remarks>
public static class OnnxExporter
{
    private const int IrVersion = 8, Opset = 17, Float32 = 1;

    /// <param name="towers">One or more; of several, each has its own batch size.</param>
    /// <param name="metadata">Written in the given order as <c>metadata_props</c>.</param>
    public static byte[] Export(IReadOnlyList<TowerGraph> towers, string graphName, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("a big-endian machine, expected a little-endian one");
        var graph = new GraphProto { Name = graphName };
        foreach (var tower in towers)
            Add(graph, tower, towers.Count == 1 ? "batch" : $"{tower.Prefix}_batch");
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "two-tower-retraining",
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = Opset } },
        };
        foreach (var (key, value) in metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return model.ToByteArray();
    }

    private static void Add(GraphProto graph, TowerGraph part, string batch)
    {
        var (prefix, shape) = (part.Prefix, part.Tower.Shape);
        graph.Input.Add(Value(part.InputName, batch, shape.InputDim));
        graph.Output.Add(Value(part.OutputName, batch, shape.EmbeddingDim));
        foreach (var tensor in part.Tower.Tensors(prefix))
            graph.Initializer.Add(Tensor(tensor));
        graph.Initializer.Add(Tensor(new NamedTensor($"{prefix}.norm_epsilon", [1], [Tower.NormEpsilon])));

        var output = AddLayers(graph, part);
        var norm = Node(graph, "ReduceL2", $"{prefix}/norm", output);
        graph.Node[^1].Attribute.Add(new AttributeProto { Name = "axes", Ints = { 1 }, Type = AttributeType.Ints });
        graph.Node[^1].Attribute.Add(new AttributeProto { Name = "keepdims", I = 1, Type = AttributeType.Int });
        var divisor = Node(graph, "Max", $"{prefix}/divisor", norm, $"{prefix}.norm_epsilon");
        graph.Node.Add(new NodeProto { OpType = "Div", Name = $"{prefix}/embedding", Input = { output, divisor }, Output = { part.OutputName } });
    }

    /// <returns>Name of the value before it is normalised.</returns>
    private static string AddLayers(GraphProto graph, TowerGraph part)
    {
        var prefix = part.Prefix;
        if (part.Tower.Shape.HiddenDim == 0)
        {
            var product = Node(graph, "MatMul", $"{prefix}/linear", part.InputName, $"{prefix}.skip");
            return Node(graph, "Add", $"{prefix}/output", product, $"{prefix}.b2");
        }

        var hidden = Node(graph, "Gemm", $"{prefix}/hidden", part.InputName, $"{prefix}.w1", $"{prefix}.b1");
        var active = Node(graph, "Relu", $"{prefix}/relu", hidden);
        var output = Node(graph, "Gemm", $"{prefix}/output", active, $"{prefix}.w2", $"{prefix}.b2");
        if (!part.Tower.Shape.LinearSkip)
            return output;
        var linear = Node(graph, "MatMul", $"{prefix}/linear", part.InputName, $"{prefix}.skip");
        return Node(graph, "Add", $"{prefix}/sum", output, linear);
    }

    private static string Node(GraphProto graph, string type, string name, params string[] inputs)
    {
        graph.Node.Add(new NodeProto { OpType = type, Name = name, Input = { inputs }, Output = { name } });
        return name;
    }

    private static ValueInfoProto Value(string name, string batch, int width) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TensorTypeProto
            {
                ElemType = Float32,
                Shape = new TensorShapeProto { Dim = { new DimensionProto { DimParam = batch }, new DimensionProto { DimValue = width } } },
            },
        },
    };

    private static TensorProto Tensor(NamedTensor tensor)
    {
        var proto = new TensorProto
        {
            Name = tensor.Name,
            DataType = Float32,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(tensor.Values.AsSpan())),
        };
        foreach (var size in tensor.Shape)
            proto.Dims.Add(size);
        return proto;
    }
}
