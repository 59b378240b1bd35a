namespace TwoTower.Parquet;

/// <summary>Columns in file order.</summary>
public sealed class ParquetSchema
{
    /// <exception cref="ArgumentException">There is no column, or two have the same name.</exception>
    public ParquetSchema(params IReadOnlyList<ParquetField> fields)
    {
        if (fields.Count == 0)
            throw new ArgumentException("0 columns, expected at least 1");
        if (fields.GroupBy(field => field.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"column {twice.Key} occurs {twice.Count()} times, expected once");
        Fields = fields;
    }

    public IReadOnlyList<ParquetField> Fields { get; }

    /// <summary>Position of a column, or -1.</summary>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Fields.Count; i++)
        {
            if (string.Equals(Fields[i].Name, name, StringComparison.Ordinal))
                return i;
        }

        return -1;
    }
}
