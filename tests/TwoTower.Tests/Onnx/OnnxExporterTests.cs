using TwoTower.Model;
using TwoTower.Onnx;
using TwoTower.Onnx.Messages;

namespace TwoTower.Tests.Onnx;

public sealed class OnnxExporterTests
{
    [Fact]
    public void Export_Tower_HasTheAgreedVersionsNamesAndShapes()
    {
        var tower = new Tower(new TowerShape(6, 4, 3, LinearSkip: true));
        var bytes = OnnxExporter.Export([new TowerGraph("user", tower, "user_features", "user_embedding")], "user_tower", [new("version", "v")]);

        var model = ModelProto.Parser.ParseFrom(bytes);

        Assert.Equal(8, model.IrVersion);
        Assert.Equal(("", 17L), (Assert.Single(model.OpsetImport).Domain, model.OpsetImport[0].Version));
        Assert.Equal(("version", "v"), (Assert.Single(model.MetadataProps).Key, model.MetadataProps[0].Value));
        Assert.Equal("user_features [batch, 6]", Describe(Assert.Single(model.Graph.Input)));
        Assert.Equal("user_embedding [batch, 3]", Describe(Assert.Single(model.Graph.Output)));
        Assert.Equal(["Gemm", "Relu", "Gemm", "MatMul", "Add", "ReduceL2", "Max", "Div"], model.Graph.Node.Select(node => node.OpType));
        Assert.Equal(
            ["user.w1", "user.b1", "user.w2", "user.b2", "user.skip", "user.norm_epsilon"], model.Graph.Initializer.Select(tensor => tensor.Name));
        Assert.All(model.Graph.Initializer, tensor => Assert.Equal(4 * tensor.Dims.Aggregate(1L, (a, b) => a * b), tensor.RawData.Length));
    }

    private static string Describe(ValueInfoProto value)
    {
        var dims = value.Type.TensorType.Shape.Dim.Select(dim => dim.HasDimParam ? dim.DimParam : $"{dim.DimValue}");
        return $"{value.Name} [{string.Join(", ", dims)}]";
    }
}
