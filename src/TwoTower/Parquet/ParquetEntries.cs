namespace TwoTower.Parquet;

/// <summary>What one leaf holds in one row group: an entry for each value, each null and each empty list, and the values.</summary>
/// <param name="definition">[entries]; null where every entry is a value.</param>
/// <param name="repetition">[entries]; null for a leaf outside lists.</param>
public abstract class ParquetEntries(int[]? definition, int[]? repetition)
{
    /// <summary>Definition levels: an entry is a value where it is the leaf's <see cref="ParquetLeaf.MaxDefinition"/>.</summary>
    public int[]? Definition => definition;

    /// <summary>Repetition levels: 0 where a row begins.</summary>
    public int[]? Repetition => repetition;

    public abstract int Count { get; }
}

/// <inheritdoc cref="ParquetEntries"/>
/// <typeparam name="T">bool, int, long, float or double as they lie; <see cref="ReadOnlyMemory{T}"/> of byte for all other.</typeparam>
/// <param name="values">Of the entries that have one, in their order.</param>
public sealed class ParquetEntries<T>(T[] values, int[]? definition, int[]? repetition) : ParquetEntries(definition, repetition)
{
    public T[] Values => values;

    public override int Count => Definition?.Length ?? values.Length;
}
