using System.Text.Json;
using TwoTower.Parquet;

namespace Retraining.Source;

/// <summary>Puts the entries of a column's leaves together to JSON values, one a row.</summary>
/// <remarks>
/// An entry's definition level says how far down its path is there, its repetition level in which list it goes on. Source: Melnik et al.,
/// Dremel: Interactive Analysis of Web-Scale Datasets, VLDB 2010.
/// </remarks>
internal sealed class NodeCursor
{
    private readonly ParquetNode _node;
    private readonly LeafCursor[] _leaves;
    private readonly NodeCursor[] _children;

    /// <param name="leaves">By <see cref="ParquetLeaf.Index"/>.</param>
    public NodeCursor(ParquetNode node, IReadOnlyDictionary<int, LeafCursor> leaves)
    {
        _node = node;
        _leaves = [.. node.Leaves.Select(leaf => leaves[leaf.Index])];
        _children = [.. node.Children.Select(child => new NodeCursor(child, leaves))];
    }

    public string Name => _node.Name;

    /// <summary>Writes the value of the next row.</summary>
    /// <exception cref="InvalidDataException">The leaves do not fit each other, or the rows.</exception>
    public void WriteRow(Utf8JsonWriter to)
    {
        Write(to);
        foreach (var leaf in _leaves)
        {
            if (leaf.Repetition > 0)
                throw new InvalidDataException($"Parquet column {leaf.Leaf.Name}: a list that goes on where the row ends");
        }
    }

    /// <exception cref="InvalidDataException">There are entries left.</exception>
    public void RequireEnd()
    {
        foreach (var leaf in _leaves)
        {
            if (leaf.Repetition >= 0)
                throw new InvalidDataException($"Parquet column {leaf.Leaf.Name}: entries are left where the row group ends");
        }
    }

    private void Write(Utf8JsonWriter to)
    {
        if (_leaves[0].Definition < _node.Definition)
        {
            Skip();
            to.WriteNullValue();
            return;
        }

        switch (_node.Shape)
        {
            case ParquetShape.Value:
                _leaves[0].Write(to);
                break;
            case ParquetShape.Struct:
                WriteStruct(to);
                break;
            default:
                WriteList(to);
                break;
        }
    }

    private void WriteStruct(Utf8JsonWriter to)
    {
        to.WriteStartObject();
        foreach (var child in _children)
        {
            to.WritePropertyName(child.Name);
            child.Write(to);
        }

        to.WriteEndObject();
    }

    private void WriteList(Utf8JsonWriter to)
    {
        to.WriteStartArray();
        if (_leaves[0].Definition < _node.ElementDefinition)
        {
            Skip();
        }
        else
        {
            do
                _children[0].Write(to);
            while (_leaves[0].Repetition == _node.ElementRepetition);
        }

        to.WriteEndArray();
    }

    /// <summary>Null and an empty list are one entry in every leaf below.</summary>
    private void Skip()
    {
        foreach (var leaf in _leaves)
            leaf.Skip();
    }
}
