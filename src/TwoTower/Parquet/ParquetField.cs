namespace TwoTower.Parquet;

/// <summary>One column.</summary>
/// <param name="IsOptional">Values may be null. For a list that is read: the list may be null, which reads as an empty one.</param>
/// <param name="IsList">Three-level LIST of elements that are never null.</param>
public sealed record ParquetField(string Name, ParquetType Type, bool IsOptional = false, bool IsList = false)
{
    public static ParquetField Required(string name, ParquetType type) => new(name, type);

    public static ParquetField Optional(string name, ParquetType type) => new(name, type, IsOptional: true);

    public static ParquetField List(string name, ParquetType type) => new(name, type, IsList: true);

    /// <summary>CLR type of one value or list element, without regard to null.</summary>
    internal Type ClrType => Type switch
    {
        ParquetType.Bool => typeof(bool),
        ParquetType.Int32 => typeof(int),
        ParquetType.Int64 or ParquetType.Timestamp => typeof(long),
        ParquetType.Float => typeof(float),
        ParquetType.Double => typeof(double),
        ParquetType.String => typeof(string),
        _ => throw new ArgumentException($"column {Name}: type {Type}, expected one of {string.Join(", ", Enum.GetNames<ParquetType>())}"),
    };

    public override string ToString() => $"{(IsOptional ? "optional" : "required")} {(IsList ? "list of " : "")}{Type} {Name}";
}
