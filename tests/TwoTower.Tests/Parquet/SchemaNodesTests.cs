using TwoTower.Parquet;
using Element = TwoTower.Parquet.SchemaElement;

namespace TwoTower.Tests.Parquet;

/// <summary>Columns from the elements of a footer: lists of every writer, and what the typed reader says to each kind.</summary>
public sealed class SchemaNodesTests
{
    [Fact]
    public void Build_ThreeLevelList_HoldsItsElement()
    {
        var list = Column(
            Group("tags", Repetition.Optional, 1, Element.List), Group("list", Repetition.Repeated, 1),
            Text("element", Repetition.Optional));

        Assert.Equal((ParquetShape.List, 1, 2, 1), (list.Shape, list.Definition, list.ElementDefinition, list.ElementRepetition));
        var element = Assert.Single(list.Children);
        Assert.Equal((ParquetShape.Value, "element", 3), (element.Shape, element.Name, element.Definition));
        Assert.Equal(("tags.list.element", 3, 1), (element.Leaf!.Name, element.Leaf.MaxDefinition, element.Leaf.MaxRepetition));
    }

    /// <summary>The format's rules for lists of older writers: the repeated field is the element itself.</summary>
    [Theory]
    [InlineData("array", 1)] // parquet-avro
    [InlineData("tags_tuple", 1)] // parquet-thrift
    [InlineData("bag", 2)] // several members
    public void Build_TwoLevelListOfStructs_HoldsTheRepeatedGroup(string name, int members)
    {
        var structs = Enumerable.Range(0, members).Select(i => Text($"m{i}"));
        var list = Column([Group("tags", Repetition.Required, 1, Element.List), Group(name, Repetition.Repeated, members), .. structs]);

        Assert.Equal((ParquetShape.List, 0, 1), (list.Shape, list.Definition, list.ElementDefinition));
        var element = Assert.Single(list.Children);
        Assert.Equal((ParquetShape.Struct, members), (element.Shape, element.Children.Count));
    }

    [Fact]
    public void Build_TwoLevelListOfValues_HoldsTheRepeatedValue()
    {
        var list = Column(Group("tags", Repetition.Optional, 1, Element.List), Text("array", Repetition.Repeated));
        Assert.Equal((ParquetShape.Value, 2), (Assert.Single(list.Children).Shape, Assert.Single(list.Leaves).MaxDefinition));
    }

    [Fact]
    public void Build_RepeatedValueWithoutAList_IsAListThatIsNeverNull()
    {
        var list = Column(Text("tags", Repetition.Repeated));
        Assert.Equal((ParquetShape.List, 0, 1, 1), (list.Shape, list.Definition, list.ElementDefinition, list.ElementRepetition));
    }

    [Fact]
    public void Build_TreeThatIsCutOff_IsRefused()
    {
        Element[][] broken = [[Group("tags", Repetition.Optional, 1)], [Group("tags", Repetition.Optional, 0)], [Text("a"), Text("b")]];
        foreach (var elements in broken)
            Assert.Throws<InvalidDataException>(() => SchemaNodes.Build([Group("schema", Repetition.Required, 1), .. elements]));
    }

    [Fact]
    public void Of_ColumnThatIsNotRead_SaysWhatItHolds()
    {
        AssertRefused("Int32 that holds Date", Value(PhysicalType.Int32, converted: Element.Date));
        AssertRefused("Int32 that holds Date", Value(PhysicalType.Int32, logical: Element.LogicalDate));
        AssertRefused("Int32 that holds Time", Value(PhysicalType.Int32, converted: Element.TimeMillis));
        AssertRefused("Int64 that holds Time", Value(PhysicalType.Int64, logical: Element.LogicalTime));
        AssertRefused("Int32 that holds UnsignedInt", Value(PhysicalType.Int32, converted: Element.Uint8));
        var unsigned = Value(PhysicalType.Int64, logical: Element.LogicalInteger) with { IsUnsigned = true };
        AssertRefused("Int64 that holds UnsignedInt", unsigned);
        AssertRefused("Int32 that holds Decimal", Value(PhysicalType.Int32, converted: Element.Decimal));
        AssertRefused("ByteArray that holds Decimal", Value(PhysicalType.ByteArray, logical: Element.LogicalDecimal));
        AssertRefused("Int96 that holds Timestamp", Value(PhysicalType.Int96));
        AssertRefused("FixedLenByteArray that holds Uuid", Fixed(16, logical: Element.LogicalUuid));
        AssertRefused("FixedLenByteArray that holds Interval", Fixed(12, converted: Element.Interval));
        AssertRefused("FixedLenByteArray that holds Float16", Fixed(2, logical: Element.LogicalFloat16));
        AssertRefused("FixedLenByteArray that holds Other", Fixed(3));
        AssertRefused("ByteArray that holds Bytes", Value(PhysicalType.ByteArray));
        AssertRefused("ByteArray that holds Other", Value(PhysicalType.ByteArray, converted: 20)); // BSON
    }

    [Fact]
    public void Of_NestedColumn_SaysHow()
    {
        Element[] list = [Group("column", Repetition.Optional, 1, Element.List), Group("list", Repetition.Repeated, 1)];
        AssertRefused("a struct", Group("column", Repetition.Optional, 1), Text("a"));
        var map = Group("column", Repetition.Optional, 1, Element.Map);
        AssertRefused("a map", map, Group("kv", Repetition.Repeated, 2), Text("key"), Text("value"));
        AssertRefused("a list of structs", [.. list, Group("element", Repetition.Optional, 1), Text("a")]);
        AssertRefused("a list of lists of values",
            [.. list, Group("element", Repetition.Optional, 1, Element.List), Group("list", Repetition.Repeated, 1), Text("element")]);
    }

    private static void AssertRefused(string expected, params Element[] elements)
    {
        var layout = ColumnLayout.Of(Column(elements));
        Assert.Null(layout.Field);
        Assert.Equal(expected, layout.Unsupported);
    }

    private static ParquetNode Column(params Element[] elements) =>
        Assert.Single(SchemaNodes.Build([Group("schema", Repetition.Required, 1), .. elements]));

    private static Element Group(string name, Repetition repetition, int children, int? converted = null) =>
        new() { Name = name, Repetition = repetition, Children = children, ConvertedType = converted };

    private static Element Text(string name, Repetition repetition = Repetition.Required) =>
        Value(PhysicalType.ByteArray, converted: Element.Utf8) with { Name = name, Repetition = repetition };

    private static Element Fixed(int width, int? converted = null, int logical = 0) =>
        Value(PhysicalType.FixedLenByteArray, converted, logical) with { Width = width };

    private static Element Value(PhysicalType physical, int? converted = null, int logical = 0) =>
        new() { Name = "column", Repetition = Repetition.Required, Type = physical, ConvertedType = converted, LogicalType = logical };
}
